// Faults for one look at every call of `release` on a road that failed: the lock, the start, the look at the server, the half-made image, the trust.
import { kindNames } from "./fault-cell.ts";
import { faultMatrix } from "./fault-matrix.ts";

await faultMatrix("cancelled", "look", kindNames, { steps: ["release"] });
