// Every fact of the contract, by subject.
import type { Subject } from "../fact.ts";
import { identity } from "./identity.ts";
import { trusts } from "./trusts.ts";

export const subjects: Subject[] = [identity, trusts];

export const factNames = subjects.flatMap(({ facts }) => facts.map(({ name }) => name));
