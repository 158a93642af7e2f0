// Every kind of fault at every call of every step, for one look: the step sees it, and the next look does not.
import { kindNames } from "./fault-cell.ts";
import { faultMatrix } from "./fault-matrix.ts";

await faultMatrix("as-is", "look", kindNames);
