// All cases; a name stands once.
import type { CredentialCase } from "../case.ts";
import { choice } from "./choice.ts";
import { fields } from "./fields.ts";
import { places } from "./places.ts";
import { profiles } from "./profiles.ts";

export const cases: CredentialCase[] = [...places, ...choice, ...profiles, ...fields];
