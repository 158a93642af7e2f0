// Faults for one look at every call that only a cleaned request makes. The client's own answers to each kind are in the matrices of as-is requests;
// here are the kinds that a step itself answers differently: an outage, two sorts of a clear no, an answer that never comes, one that is none.
import type { FaultKind } from "../../infra/simulated-openstack/index.ts";
import { faultMatrix } from "./fault-matrix.ts";
import { stepsOfCleaning } from "./stage.ts";

const kinds: readonly FaultKind[] = [403, 404, 503, "reset", "other shape"];

await faultMatrix("cleaned", "look", kinds, { steps: stepsOfCleaning, speed: 10 });
