// The same where the operator gave a credential of their own for tidying up: what a lost delegation leaves is taken back by it.
import { peopleMatrix } from "./people-matrix.ts";

await peopleMatrix("as-is", "where the operator's credential tidies up", { policy: { staffCloud: "admin" } });
