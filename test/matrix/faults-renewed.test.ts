// Faults for one look at the sign-in by which each step gets the trust's token anew: a no of Keystone's to everybody, an outage, answers that are none.
import type { FaultKind } from "../../infra/simulated-openstack/index.ts";
import { faultMatrix } from "./fault-matrix.ts";

const kinds: readonly FaultKind[] = [401, 403, 404, 503, "reset", "other shape"];

await faultMatrix("renewed", "look", kinds, { call: "POST /identity/v3/auth/tokens", speed: 10 });
