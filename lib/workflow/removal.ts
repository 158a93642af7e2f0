// How `release` takes things out of the cloud: by the ledger only, with the requester's authority, else with staff's.
import { type Cloud, OpenStackFault } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { MadeEntry } from "../requests/ledger-entry.ts";
import { type Problem, problem } from "../requests/problem.ts";
import { inWords, type Ledger } from "./ledger.ts";
import { done, refuse, type StepOutcome, type Wait, wait } from "./outcome.ts";
import { findSnapshot } from "./snapshot.ts";
import type { StepSurroundings } from "./step.ts";

/** After its quiet time, a thing that was perhaps made is believed not to exist once it was looked for so often in vain. */
const emptyLooksNeeded = 2;

/** Does the work with the trust; where that is gone, with the provider's staff credential; without one, says what is left. */
export async function withAuthority(
  at: StepSurroundings,
  tidy: (cloud: Cloud) => Promise<StepOutcome<"release">>,
): Promise<StepOutcome<"release">> {
  try {
    return await tidy(at.cloud);
  } catch (error) {
    if (!(error instanceof OpenStackFault) || error.kind !== "credentialRevoked") throw error;
    if (at.staff) return await tidy(at.staff);
    return await withoutAuthority(at, error);
  }
}

/** Undefined once every snapshot that is not the published image is gone. */
export async function removeSnapshots({ request, cloud, ledger, nowMs }: StepSurroundings): Promise<Wait | undefined> {
  let pending: Wait | undefined;
  for (const entry of ledger.entries.toReversed()) {
    if (entry.kind !== "snapshot" || entry.struckAtMs !== undefined || isPublished(request, entry)) continue;
    const ids = entry.thingId
      ? [entry.thingId]
      : (await findSnapshot(cloud, request.projectId, entry)).map(({ id }) => id);
    for (const id of ids) await cloud.image.deleteImage(id);
    if (entry.thingId) ledger.strike(entry);
    else pending = notSeen(ledger, entry, nowMs());
  }
  return pending;
}

/** The staff credential may not delete a trust: only the trustor, and the trust's own token, may. It ends by itself then. */
export async function removeTrust(cloud: Cloud, ledger: Ledger): Promise<void> {
  const trust = ledger.find("trust");
  if (!trust) return;
  try {
    await cloud.identity.deleteTrust(trust.trustId);
  } catch (error) {
    const gone = error instanceof OpenStackFault && (error.kind === "credentialRevoked" || error.kind === "forbidden");
    if (!gone) throw error;
  }
  ledger.strike(trust);
}

export function cannotTidy(detail: string, remedy: string | undefined): Problem {
  return problem("leftovers", "Something of the request is left", detail, remedy ? { remedy } : {});
}

/** The image that the requester was promised; only of a request that ended well. */
function isPublished(request: ImageRequest, entry: MadeEntry): boolean {
  return request.end?.status === "completed" && entry.thingId === request.learned.publish?.imageId;
}

/** Whether it was made we never heard. A slow call may still make it: wait until none can be under way, then look twice. */
function notSeen(ledger: Ledger, entry: MadeEntry, nowMs: number): Wait | undefined {
  if (entry.quietUntilMs > nowMs) {
    return wait("a call to the cloud may still be under way", {
      evidence: `quiet ${entry.mark}`,
      againInMs: entry.quietUntilMs - nowMs,
    });
  }
  if (entry.emptyLooks + 1 >= emptyLooksNeeded) {
    ledger.strike(entry);
    return undefined;
  }
  ledger.lookedInVain(entry.mark);
  return wait("making sure that nothing came of a lost call", {
    evidence: `look ${entry.emptyLooks + 1} ${entry.mark}`,
  });
}

async function withoutAuthority(at: StepSurroundings, fault: OpenStackFault): Promise<StepOutcome<"release">> {
  const { request, ledger } = at;
  const trust = ledger.find("trust");
  if (trust) ledger.strike(trust);
  const left = ledger.entries.filter(
    (entry) => entry.struckAtMs === undefined && !(entry.kind === "snapshot" && isPublished(request, entry)),
  );
  if (left.length === 0)
    return done(undefined, "nothing of ours is left in the cloud; the delegation was gone already");
  return refuse(
    problem(
      "leftovers",
      "Something of the request is left",
      `The delegation to Darkroom is gone, so this could not be tidied: ${left.map(inWords).join(", ")}.`,
      {
        service: "Keystone",
        ...(fault.requestId && { openstackRequestId: fault.requestId }),
        remedy: `Remove it yourself: unlock and start the server ${request.server.name}, delete images named darkroom-….`,
      },
    ),
  );
}
