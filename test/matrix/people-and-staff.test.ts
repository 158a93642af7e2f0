// The same where the operator gave a credential of their own for tidying up: what a lost delegation leaves is taken back by it.
import { peopleMatrix } from "./people-matrix.ts";
import { requestNames } from "./stage.ts";

for (const name of requestNames)
  await peopleMatrix(name, "where the operator's credential tidies up", { staffCloud: "admin" });
