// POST /v1/image-requests: takes a request in. Whatever is wrong is said here, before anything is written.

import type { ImageRequestBody } from "../../events/image-request.ts";
import { createImageRequest } from "../../events/operations/create-image-request.ts";
import { answer } from "../../lib/http/answer.ts";
import { type Call, endpoint } from "../../lib/http/endpoint.ts";
import { conflict, HttpProblem, invalid } from "../../lib/http/http-problem.ts";
import { nameObstacles } from "../../lib/images/versions.ts";
import { log } from "../../lib/log.ts";
import { OpenStackFault, type Server } from "../../lib/openstack/index.ts";
import { delegate } from "../../lib/requests/delegation.ts";
import { fingerprintOf, requestIdOf } from "../../lib/requests/identity-of-request.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import type { TrustEntry } from "../../lib/requests/ledger-entry.ts";
import { beyondLimits } from "../../lib/requests/limits.ts";
import { type LockKey, nameLock, serverLock } from "../../lib/requests/locks.ts";
import { firstMilestones } from "../../lib/requests/milestones.ts";
import { problem } from "../../lib/requests/problem.ts";
import { pathOf, representation } from "../../lib/requests/representation.ts";
import { resolveShare, type SharedWith } from "../../lib/requests/sharing.ts";
import { firstStep } from "../../lib/workflow/chain.ts";
import { newMark } from "../../lib/workflow/ledger.ts";
import { nudge } from "../../lib/workflow/nudge.ts";
import { lostAfterMs } from "../../lib/workflow/transition.ts";

type CreateCall = Call<ImageRequestBody, undefined>;

export const handler = endpoint(createImageRequest, async (call) => {
  const { runtime, provider, caller, body: asked } = call;
  const errors = beyondLimits(asked, provider.policy);
  if (errors.length > 0) throw invalid(errors);

  const id = requestIdOf(
    { provider: provider.name, projectId: caller.projectId, userId: caller.userId },
    idempotencyKey(call),
  );
  const earlier = await runtime.store.get(id);
  if (earlier) return sameRequest(earlier, call);

  // With these two, a cloud whose Nova or Glance is down is found out here, before anything is begun.
  const [server, sharedWith] = await Promise.all([serverOfCaller(call), shareOfCaller(call), refuseTakenName(call)]);
  const locks = [serverLock(provider.name, server.id), nameLock(provider.name, caller.projectId, asked.name)];
  const taken: LockKey[] = [];
  let trust: TrustEntry | undefined;
  try {
    for (const key of locks) {
      await takeLock(call, key, id);
      taken.push(key);
    }
    const delegated = await delegate(provider, caller, {
      requestId: id,
      mark: newMark(),
      approvalDeadlineMs: runtime.clock.now() + provider.policy.approvalDeadlineMs,
      nowMs: runtime.clock.now(),
    });
    if ("refused" in delegated) throw new HttpProblem(422, delegated.refused);
    trust = delegated.entry;
    const request = newRequest(call, id, server, sharedWith, trust);
    if (await runtime.store.create(request)) {
      call.note(acknowledged(request), { kind: "image-request", id });
      await nudge(runtime, request);
      return accepted(request);
    }
  } catch (error) {
    await takeBack(call, id, taken, trust);
    throw error;
  }
  // The same key was posted twice at once, and the other was first: the locks are its, the trust is not needed.
  if (trust) await caller.cloud.identity.deleteTrust(trust.trustId).catch(leaveToTheSweep);
  const first = await runtime.store.get(id);
  if (!first) throw new Error(`request ${id} is there and is not`);
  return sameRequest(first, call);
});

/** The request is taken, whatever Keystone says to the delegation that is one too many. */
function leaveToTheSweep(error: unknown): void {
  log.warn("a delegation that nobody needs is left to the sweep", { error });
}

function idempotencyKey(call: CreateCall): string | undefined {
  const key = call.header("idempotency-key");
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw invalid([{ field: "Idempotency-Key", detail: "must be 1 to 255 printable ASCII characters" }], "headers");
}

/** Sent again, it is answered as the first time; with another body it is a mistake. */
function sameRequest(earlier: ImageRequest, { body, note }: CreateCall) {
  if (earlier.fingerprint === fingerprintOf(body)) {
    note({ again: true }, { kind: "image-request", id: earlier.id });
    return accepted(earlier);
  }
  const detail = `This key was used before for another request, ${earlier.id}.`;
  throw new HttpProblem(
    422,
    problem("key-reused", "The key belongs to another request", detail, {
      remedy: "Use a new Idempotency-Key for a new request.",
      errors: [{ field: "Idempotency-Key", detail }],
    }),
  );
}

/** What the requester stands for, for the record. */
function acknowledged({ license, asked, server }: ImageRequest) {
  const { name, visibility, preparation, consistency } = asked;
  return { licenseAcknowledged: license.version, server: server.id, name, visibility, preparation, consistency };
}

function accepted(request: ImageRequest) {
  return answer(202, representation(request), { location: pathOf(request.id) });
}

async function serverOfCaller({ caller, body }: CreateCall): Promise<Server> {
  const unknown = invalid([{ field: "serverId", detail: "is no server of the project that your token is for" }]);
  try {
    const server = await caller.cloud.compute.getServer(body.serverId);
    if (server.projectId === caller.projectId) return server;
  } catch (error) {
    if (!(error instanceof OpenStackFault) || error.kind !== "notFound") throw error;
  }
  throw unknown;
}

/** Whom the image will be shared with is found now, while the requester can still mend it. */
async function shareOfCaller({ provider, caller, body, bounded }: CreateCall): Promise<SharedWith[]> {
  const directory = provider.directory && bounded(provider.directory);
  const { sharedWith, errors } = await resolveShare(directory, body.share, caller.projectId);
  if (errors.length > 0) throw invalid(errors);
  return sharedWith;
}

async function refuseTakenName({ caller, body }: CreateCall): Promise<void> {
  const taken = await nameObstacles(caller.cloud, caller.projectId, body);
  if (taken.length > 0)
    throw invalid(taken.map(({ field = "name", detail, remedy }) => ({ field, detail: `${detail} ${remedy}` })));
}

async function takeLock({ runtime }: CreateCall, key: LockKey, id: string): Promise<void> {
  const { heldBy } = await runtime.locks.take(key, id, runtime.clock.now());
  if (heldBy === id) return;
  if (heldBy.startsWith("change-"))
    throw conflict("request-under-way", "An image is being given this name just now.", "Try again in a moment.");
  const what = key.startsWith("server#") ? "server" : "name of an image";
  throw conflict(
    "request-under-way",
    `Request ${heldBy} for this ${what} is under way.`,
    "Wait until it has ended, or cancel it.",
  );
}

/** What could not be taken back is taken over, or swept, an hour later at the latest. */
async function takeBack(
  { runtime, caller }: CreateCall,
  id: string,
  taken: readonly LockKey[],
  trust: TrustEntry | undefined,
) {
  if (await runtime.store.get(id)) return; // it is stored after all, by us or by a twin: these are its
  const undone = taken.map((key) => runtime.locks.free(key, id));
  if (trust) undone.push(caller.cloud.identity.deleteTrust(trust.trustId));
  await Promise.allSettled(undone);
}

function newRequest(
  { runtime, provider, caller, body: asked }: CreateCall,
  id: string,
  server: Server,
  sharedWith: readonly SharedWith[],
  trust: TrustEntry,
): ImageRequest {
  const nowMs = runtime.clock.now();
  const now = new Date(nowMs).toISOString();
  return {
    schemaVersion: 1,
    id,
    version: 1,
    provider: provider.name,
    projectId: caller.projectId,
    requester: { userId: caller.userId, userName: caller.userName, projectName: caller.projectName },
    server: { id: server.id, name: server.name },
    asked,
    ...(sharedWith.length > 0 && { sharedWith }),
    license: { version: provider.policy.license.version, acknowledgedBy: caller.userId, at: now },
    fingerprint: fingerprintOf(asked),
    createdAt: now,
    updatedAt: now,
    approvalDeadline: new Date(nowMs + provider.policy.approvalDeadlineMs).toISOString(),
    step: firstStep,
    learned: {},
    ledger: [trust],
    timeline: [{ at: now, step: firstStep, what: "received", text: `asked for by ${caller.userName}` }],
    milestones: firstMilestones(now),
    signals: 0,
    wakes: 0,
    wakeAtMs: nowMs + lostAfterMs,
  };
}
