// A few columns of the matrix, for every run of the tests; the whole of it is `npm run test:matrix`.
import { faultMatrix } from "./fault-matrix.ts";

await faultMatrix("as-is", "look", ["503", "other shape"] as never);
