// What people do, at every wait and after every call of every step: every request ends, in words, and what is theirs stays theirs.
import { peopleMatrix } from "./people-matrix.ts";

await peopleMatrix("as-is", "where only the requester's delegation can tidy up");
