// Every kind of fault at every call of every step, for one call: the client may try again at once.
import { kindNames } from "./fault-cell.ts";
import { faultMatrix } from "./fault-matrix.ts";

await faultMatrix("as-is", "call", kindNames);
