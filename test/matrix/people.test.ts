// What people do, at every wait and after every call of every step: every request ends, in words, and what is theirs stays theirs.
import { peopleMatrix } from "./people-matrix.ts";
import { requestNames } from "./stage.ts";

for (const name of requestNames) await peopleMatrix(name, "where only the requester's delegation can tidy up", {});
