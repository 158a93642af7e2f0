// Every kind of fault at every call of every step, from then on for ever: the request still ends, and says what is left.
import { kindNames } from "./fault-cell.ts";
import { faultMatrix } from "./fault-matrix.ts";
import { requestNames } from "./stage.ts";

for (const name of requestNames) await faultMatrix(name, "ever", kindNames);
