// Takes a request in, at whichever door: whatever is wrong is said before anything is written; then the locks, the delegation, the request.
import type { ImageRequestBody } from "../../events/image-request.ts";
import { nameObstacles } from "../images/versions.ts";
import { log } from "../log.ts";
import { contactAddressOf } from "../notify/contact-address.ts";
import { poke } from "../notify/publish-notice.ts";
import { OpenStackFault, type Server } from "../openstack/index.ts";
import { delegate } from "../requests/delegation.ts";
import { fingerprintOf } from "../requests/identity-of-request.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { AccountEntry, TrustEntry } from "../requests/ledger-entry.ts";
import { beyondLimits } from "../requests/limits.ts";
import { tooManyLive } from "../requests/live-limit.ts";
import { type LockKey, nameLock, serverLock } from "../requests/locks.ts";
import { firstMilestones } from "../requests/milestones.ts";
import { resolveShare, type SharedWith } from "../requests/sharing.ts";
import { firstStep } from "../workflow/chain.ts";
import { newMark } from "../workflow/ledger.ts";
import { nudge } from "../workflow/nudge.ts";
import { lostAfterMs } from "../workflow/transition.ts";
import type { Call } from "./endpoint.ts";
import { conflict, HttpProblem, invalid } from "./http-problem.ts";

type AuthorityEntry = TrustEntry | AccountEntry;

/** Who asks for what; `note` for the audit record. */
export type Intake = Pick<Call<ImageRequestBody>, "runtime" | "provider" | "caller" | "body" | "bounded" | "note">;

export interface TakenIn {
  readonly request: ImageRequest;
  /** A request of this id was there before: whatever it asks for. */
  readonly again: boolean;
}

/** Throws an HttpProblem that names every wrong field, or says what is under way. */
export async function takeIn(intake: Intake, id: string): Promise<TakenIn> {
  const { runtime, provider, caller, body: asked } = intake;
  const errors = beyondLimits(asked, provider.policy);
  if (errors.length > 0) throw invalid(errors);

  const earlier = await runtime.store.get(id);
  if (earlier) return { request: earlier, again: true };

  // With these two, a cloud whose Nova or Glance is down is found out here, before anything is begun.
  const [server, sharedWith, address] = await Promise.all([
    serverOfCaller(intake),
    shareOfCaller(intake),
    contactAddressOf(provider.policy, caller, asked.contact?.email),
    refuseTakenName(intake),
    refuseTooMany(intake),
  ]);
  const locks = [serverLock(provider.name, server.id), nameLock(provider.name, caller.projectId, asked.name)];
  const taken: LockKey[] = [];
  let authority: AuthorityEntry | undefined;
  try {
    for (const key of locks) {
      await takeLock(intake, key, id);
      taken.push(key);
    }
    const delegated = await delegate(
      provider,
      { ...caller, bounded: intake.bounded },
      {
        requestId: id,
        mark: newMark(),
        approvalDeadlineMs: runtime.clock.now() + provider.policy.approvalDeadlineMs,
        nowMs: runtime.clock.now(),
      },
    );
    if ("refused" in delegated) throw new HttpProblem(422, delegated.refused);
    authority = delegated.entry;
    const request = {
      ...newRequest(intake, id, server, sharedWith, authority),
      ...(address !== undefined && { contactAddress: address }),
    };
    if (await runtime.store.create(request)) {
      intake.note(acknowledged(request), { kind: "image-request", id });
      await nudge(runtime, request);
      await poke(runtime, `request#${id}`);
      return { request, again: false };
    }
  } catch (error) {
    await takeBack(intake, id, taken, authority);
    throw error;
  }
  // The same key was posted twice at once, and the other was first: the locks are its, the trust is not needed.
  if (authority?.kind === "trust") await caller.cloud.identity.deleteTrust(authority.trustId).catch(leaveToTheSweep);
  const first = await runtime.store.get(id);
  if (!first) throw new Error(`request ${id} is there and is not`);
  return { request: first, again: true };
}

/** The request is taken, whatever Keystone says to the delegation that is one too many. */
function leaveToTheSweep(error: unknown): void {
  log.warn("a delegation that nobody needs is left to the sweep", { error });
}

/** What the requester stands for, for the record. */
function acknowledged({ license, asked, server }: ImageRequest) {
  const { name, visibility, preparation, consistency } = asked;
  return { licenseAcknowledged: license.version, server: server.id, name, visibility, preparation, consistency };
}

async function serverOfCaller({ caller, body }: Intake): Promise<Server> {
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
async function shareOfCaller({ provider, caller, body, bounded }: Intake): Promise<SharedWith[]> {
  const directory = provider.directory && bounded(provider.directory);
  const { sharedWith, errors } = await resolveShare(directory, body.share, caller.projectId);
  if (errors.length > 0) throw invalid(errors);
  return sharedWith;
}

async function refuseTakenName({ caller, body }: Intake): Promise<void> {
  const taken = await nameObstacles(caller.cloud, caller.projectId, body);
  if (taken.length > 0)
    throw invalid(taken.map(({ field = "name", detail, remedy }) => ({ field, detail: `${detail} ${remedy}` })));
}

async function refuseTooMany({ runtime, provider, caller }: Intake): Promise<void> {
  const tooMany = await tooManyLive(runtime.store, provider, caller.projectId);
  if (tooMany) throw conflict(tooMany.code, tooMany.detail, tooMany.remedy);
}

async function takeLock({ runtime }: Intake, key: LockKey, id: string): Promise<void> {
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
  { runtime, caller }: Intake,
  id: string,
  taken: readonly LockKey[],
  authority: AuthorityEntry | undefined,
) {
  if (await runtime.store.get(id)) return; // it is stored after all, by us or by a twin: these are its
  const undone = taken.map((key) => runtime.locks.free(key, id));
  if (authority?.kind === "trust") undone.push(caller.cloud.identity.deleteTrust(authority.trustId));
  await Promise.allSettled(undone);
}

function newRequest(
  { runtime, provider, caller, body: asked }: Intake,
  id: string,
  server: Server,
  sharedWith: readonly SharedWith[],
  authority: AuthorityEntry,
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
    ledger: [authority],
    timeline: [
      { at: now, step: firstStep, what: "received", text: `asked for by ${caller.userName}${onWhose(authority)}` },
    ],
    milestones: firstMilestones(now),
    signals: 0,
    wakes: 0,
    wakeAtMs: nowMs + lostAfterMs,
  };
}

function onWhose({ kind }: AuthorityEntry): string {
  return kind === "account"
    ? ", whose sign-in cannot delegate: the work runs on an account of this cloud's operator"
    : "";
}
