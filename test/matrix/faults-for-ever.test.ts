// Every kind of fault at every call of every step, from then on for ever: the request still ends, and says what is left.
import { kindNames } from "./fault-cell.ts";
import { faultMatrix } from "./fault-matrix.ts";

await faultMatrix("as-is", "ever", kindNames);
