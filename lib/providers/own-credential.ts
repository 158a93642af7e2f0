// A cloud that refuses a credential of ours: the operator's to mend, and nothing that whoever waits for it did wrong.
import { log } from "../log.ts";
import { type FaultKind, OpenStackFault } from "../openstack/index.ts";

/** It lets us in no more, or not do this. */
const refusals: readonly FaultKind[] = ["credentialRevoked", "forbidden"];

/**
 * What was asked for with a credential of ours. A refusal of it becomes `unavailable`, so callers wait, and nobody reads that *their* token were wrong or that
 * *they* may not. `entry`: the setting that names it; `may`: what it should be let do. Everything else is thrown as it came.
 */
export async function withOurCredential<Found>(
  asked: Promise<Found>,
  { entry, may, refused = refusals }: { entry: string; may: string; refused?: readonly FaultKind[] },
): Promise<Found> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof OpenStackFault) || !refused.includes(error.kind)) throw error;
    log.error("a credential of ours is refused", { entry, fault: error.message });
    const { service, method, path, status, requestId } = error;
    const detail = `it does not let Darkroom ${may}; the operator must look at \`${entry}\``;
    throw new OpenStackFault({ kind: "unavailable", service, method, path, status, requestId, detail, cause: error });
  }
}
