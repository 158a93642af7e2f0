// What requests of ours left behind: looked for by the ledger of each request that has ended, and by nothing else.
import { callLog } from "../call-log.ts";
import { log } from "../log.ts";
import { type Cloud, type Image, OpenStackFault, type Server } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { listAftercare, settleAftercare } from "../requests/aftercare.ts";
import { type ImageRequest, isEnded } from "../requests/image-request.ts";
import {
  type ImageEntry,
  isImage,
  isServer,
  type LockEntry,
  type MadeEntry,
  type ServerEntry,
} from "../requests/ledger-entry.ts";
import type { Runtime } from "../runtime.ts";
import { findImages } from "../workflow/images.ts";
import { findServers } from "../workflow/servers.ts";
import { isLastLockOurs, sourceServer } from "../workflow/source-server.ts";
import { holdOfSweeps } from "./hold.ts";
import { openTidyingStore, type TidyingStore } from "./store.ts";
import { imagesOf } from "./survey.ts";

export interface OrphanReport {
  readonly provider: string;
  /** Requests that were looked after. */
  readonly looked: number;
  readonly removed: readonly Orphan[];
  /** What is there and was left: in use, protected, refused. */
  readonly left: readonly (Orphan & { readonly why: string })[];
  /** Nothing was removed, and why. */
  readonly held?: string;
}

export interface Orphan {
  readonly kind: "image" | "server" | "lock";
  readonly id: string;
  readonly requestId: string;
}

/** So many requests of one provider in one run. */
const maxPerRun = 100;
const hourMs = 3_600_000;
/** Where something is left, it is looked for again and again for so long after the request's end. */
const givenUpAfterMs = 60 * 24 * hourMs;
const reserveMs = 20_000;

/**
 * A thing is an orphan if it matches an entry of the ledger, unstruck or struck, exactly as a step would adopt it, and the entry's request has ended. Provenance, or
 * properties that Nova copied, are never a reason. Only the operator's credential may do it: the requester's delegation ended with the request.
 */
export async function sweepOrphans(
  runtime: Pick<Runtime, "table" | "store" | "clock">,
  provider: Provider,
  run: { readonly signal: AbortSignal; remainingMs(): number },
): Promise<OrphanReport> {
  const tidying = openTidyingStore(runtime.table);
  const report = {
    provider: provider.name,
    looked: 0,
    removed: [] as Orphan[],
    left: [] as (Orphan & { why: string })[],
  };
  if (!provider.staff || !provider.policy.tidying.orphans)
    return { ...report, held: "there is no staffCloud, or the policy switched it off" };
  const nowMs = runtime.clock.now();
  const held = await holdOfSweeps(runtime.table, provider.name, nowMs);
  if (held) return { ...report, held: held.why };
  const cloud = provider.staff.within(run.signal, callLog({ orphans: provider.name }));
  const live = await liveImages(runtime.store, provider.name);
  const { orphanGraceMs } = provider.policy.tidying;
  for (const entry of await listAftercare(runtime.table, provider.name, nowMs - orphanGraceMs, maxPerRun)) {
    if (run.remainingMs() < reserveMs) break;
    const request = await runtime.store.get(entry.requestId);
    if (request && !isEnded(request)) {
      await settleAftercare(runtime.table, entry, nowMs);
      continue;
    }
    const found = request ? await sweepRequest({ cloud, request, live, tidying, nowMs }) : { removed: [], left: [] };
    report.looked += 1;
    report.removed.push(...found.removed);
    report.left.push(...found.left);
    const over = !request || (found.removed.length === 0 && (found.left.length === 0 || isGivenUp(request, nowMs)));
    // What was removed is looked for once more: Nova says yes before a server is gone.
    await settleAftercare(runtime.table, entry, over ? undefined : nowMs - orphanGraceMs + hourMs);
  }
  if (report.removed.length + report.left.length > 0) log.warn("orphans", { ...report });
  return report;
}

interface Looking {
  readonly cloud: Cloud;
  readonly request: ImageRequest;
  /** Images that live requests need. */
  readonly live: ReadonlySet<string>;
  readonly tidying: TidyingStore;
  readonly nowMs: number;
}

type Found = { removed: Orphan[]; left: (Orphan & { why: string })[] };

/** Servers before the images that they were booted from. */
async function sweepRequest(at: Looking): Promise<Found> {
  const { request } = at;
  const found: Found = { removed: [], left: [] };
  for (const entry of request.ledger.toReversed()) {
    if (isServer(entry)) await sweepServers(at, entry, found);
    if (isImage(entry)) await sweepImages(at, entry, found);
    if (entry.kind === "lock") await sweepLock(at, entry, found);
  }
  return found;
}

async function sweepServers(at: Looking, entry: ServerEntry, found: Found): Promise<void> {
  const { cloud, request } = at;
  for (const server of await findServers(cloud, request.projectId, byMark(entry), { allProjects: true })) {
    if (server.taskState === "deleting") continue;
    await remove(at, "server", server, found, () => cloud.compute.deleteServer(server.id));
  }
}

/** Looked for by the mark even where an id was heard: an earlier attempt of the same entry may have landed too, and everything must agree. */
function byMark<Entry extends MadeEntry>({ thingId: _heard, ...entry }: Entry): Omit<Entry, "thingId"> {
  return entry;
}

async function sweepImages(at: Looking, entry: ImageEntry, found: Found): Promise<void> {
  const { cloud, request, live } = at;
  for (const image of await findImages(cloud, request.projectId, byMark(entry))) {
    // What the requester was promised is theirs, whatever they call it by now.
    if (request.end?.status === "completed" && image.id === request.learned.publish?.imageId) continue;
    const orphan: Orphan = { kind: "image", id: image.id, requestId: request.id };
    const inUse = live.has(image.id) ? "another request needs it" : await serverOf(cloud, image);
    if (inUse) found.left.push({ ...orphan, why: inUse });
    else await remove(at, "image", image, found, () => cloud.image.deleteImage(image.id));
  }
}

async function serverOf(cloud: Cloud, image: Image): Promise<string | undefined> {
  for await (const server of cloud.compute.listServers({ imageId: image.id, allProjects: true })) {
    return `server ${server.id} was booted from it`;
  }
  return undefined;
}

/** Unlocked, not started: who knows whether its owner wants it to run by now. */
async function sweepLock(at: Looking, entry: LockEntry, found: Found): Promise<void> {
  const { cloud, request } = at;
  const server = await sourceServer(cloud, request.server.id);
  // Long after, only the reason that we gave proves that it is still our lock; and it stays on a later one of an administrator's.
  if (!server?.locked || !server.lockedReason?.includes(entry.mark)) return;
  if (!(await isLastLockOurs(cloud, request, entry))) return;
  await remove(at, "lock", server, found, () => cloud.compute.unlockServer(server.id));
}

async function remove(
  { request, tidying, nowMs }: Looking,
  kind: Orphan["kind"],
  thing: Image | Server,
  found: Found,
  take: () => Promise<void>,
): Promise<void> {
  const orphan: Orphan = { kind, id: thing.id, requestId: request.id };
  const why = `left behind by request ${request.id}, which ended ${request.endedAt}`;
  try {
    if (kind !== "lock") await tidying.recordDeletion(recordOf(kind, thing, request, nowMs, why));
    await take();
    if (kind !== "lock") await tidying.deletionDone(request.provider, thing.id);
    found.removed.push(orphan);
  } catch (error) {
    if (!(error instanceof OpenStackFault) || !["forbidden", "conflict", "badRequest"].includes(error.kind))
      throw error;
    if (kind !== "lock") await tidying.forgetDeletion(request.provider, thing.id);
    found.left.push({ ...orphan, why: error.detail });
  }
}

function recordOf(kind: "image" | "server", thing: Image | Server, request: ImageRequest, nowMs: number, why: string) {
  const image = "sizeBytes" in thing ? thing : undefined;
  const hash =
    image && image.hashAlgo !== null && image.hashValue !== null
      ? { algo: image.hashAlgo, value: image.hashValue }
      : null;
  return {
    provider: request.provider,
    kind,
    thingId: thing.id,
    name: thing.name,
    owner: request.projectId,
    sizeBytes: image?.sizeBytes ?? null,
    hash,
    createdAt: thing.createdAt,
    at: new Date(nowMs).toISOString(),
    reason: "orphan",
    why,
    state: "begun",
  } as const;
}

function isGivenUp({ endedAt }: ImageRequest, nowMs: number): boolean {
  return Date.parse(endedAt ?? "") + givenUpAfterMs < nowMs;
}

async function liveImages(store: Runtime["store"], provider: string): Promise<ReadonlySet<string>> {
  const images = new Set<string>();
  for await (const request of store.live()) {
    if (request.provider === provider) for (const id of imagesOf(request)) images.add(id);
  }
  return images;
}
