// Every fact of the contract, by subject.
import type { Subject } from "../fact.ts";
import { booting } from "./booting.ts";
import { directory } from "./directory.ts";
import { identity } from "./identity.ts";
import { images } from "./images.ts";
import { members } from "./members.ts";
import { outOfUse } from "./out-of-use.ts";
import { servers } from "./servers.ts";
import { shelving } from "./shelving.ts";
import { trusts } from "./trusts.ts";
import { volumes } from "./volumes.ts";

export const subjects: Subject[] = [
  servers,
  shelving,
  volumes,
  booting,
  members,
  images,
  outOfUse,
  identity,
  directory,
  trusts,
];

export const factNames = subjects.flatMap(({ facts }) => facts.map(({ name }) => name));
