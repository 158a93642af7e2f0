// How `release` takes things out of the cloud: by the ledger only, with the requester's authority, else with staff's.
import { type Cloud, type Image, OpenStackFault, type Server } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import {
  type ImageEntry,
  isImage,
  isMade,
  isServer,
  type LedgerEntry,
  type MadeEntry,
  type ServerEntry,
} from "../requests/ledger-entry.ts";
import { type Problem, problem } from "../requests/problem.ts";
import { revokedEvidence } from "./fault-outcome.ts";
import { findImages, isUnfinished } from "./images.ts";
import { inWords, type Ledger } from "./ledger.ts";
import { done, refuse, type StepOutcome, type Wait, wait } from "./outcome.ts";
import { consoleEnd, findServers, readConsole, wordsOf } from "./servers.ts";
import type { StepSurroundings } from "./step.ts";

/** For how long `release` asks again where the cloud refuses to take something back. */
export const refusedReleasePatienceMs = 15 * 60_000;

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

export interface Removal {
  /** Until everything that was made is gone, but for the published image and what is left. */
  readonly pending?: Wait;
  /** What is there and may not be ours to delete any more, in words. */
  readonly left: readonly string[];
}

/** The youngest first: servers before the images they run from. */
export async function removeMade(at: StepSurroundings): Promise<Removal> {
  let pending: Wait | undefined;
  const left: string[] = [];
  for (const entry of at.ledger.entries.toReversed()) {
    if (!isMade(entry) || entry.struckAtMs !== undefined || isPublished(at.request, entry)) continue;
    const answer = await takeAway(at, entry, async (thing) => notOurs(at, entry, thing) ?? (await heldBack(at)));
    if (answer?.kind === "left") left.push(answer.words);
    else pending = answer ?? pending;
  }
  return { ...(pending && { pending }), left };
}

/** Takes one thing away and strikes its entry; until it is seen to be gone, a wait. */
export async function removeEntry(at: StepSurroundings, entry: MadeEntry): Promise<Wait | undefined> {
  return await takeAway<Wait>(at, entry, async () => undefined);
}

/** What is there by an entry of the ledger. */
type Thing = Pick<Server | Image, "id" | "name">;
type Left = { readonly kind: "left"; readonly words: string };

/** `keeping`: asked of each thing before it is deleted; an answer keeps it. */
async function takeAway<Answer extends Wait | Left>(
  at: StepSurroundings,
  entry: MadeEntry,
  keeping: (thing: Thing) => Promise<Answer | undefined>,
): Promise<Wait | Answer | undefined> {
  return isServer(entry) ? await removeServers(at, entry, keeping) : await removeImages(at, entry, keeping);
}

/**
 * An id proves that a thing was ours, not that it still is: a table that was put back from a backup does not know that the image was finished since, and an
 * owner may have made it their own. What we make is called so as only we call it until we publish it, and what we published only by half (the table knows
 * that we began) bears the name that was asked for. The delegation is deleted when a request is over: without it the half may have become a whole.
 */
function notOurs(
  { request, ledger, cloud, staff }: StepSurroundings,
  entry: MadeEntry,
  thing: Thing,
): Left | undefined {
  if (isUnfinished(thing.name, ledger.entries)) return undefined;
  const begun = isImage(entry) && entry.publishingSinceMs !== undefined && cloud !== staff;
  const published = begun || request.learned.publish?.imageId === thing.id;
  if (isImage(entry) && published && thing.name === request.asked.name) return undefined;
  const what = isImage(entry) ? "image" : "server";
  return { kind: "left", words: `${what} ${thing.id} is called ${thing.name}, as nothing that is unfinished is` };
}

/** No time of the step runs meanwhile. */
async function heldBack({ heldBack }: StepSurroundings): Promise<Wait | undefined> {
  const why = await heldBack();
  if (why === undefined) return undefined;
  return wait(`nothing is deleted until the operator of Darkroom has looked: ${why}`, {
    evidence: "held back",
    againInMs: heldAgainInMs,
    rests: true,
    held: true,
  });
}

const heldAgainInMs = 300_000;

/** Nova says yes before a server is gone; its image may be in use until then. */
async function removeServers<Answer>(
  at: StepSurroundings,
  entry: ServerEntry,
  keeping: (thing: Thing) => Promise<Answer | undefined>,
): Promise<Wait | Answer | undefined> {
  const { cloud, request, staff } = at;
  const servers = await findServers(cloud, request.projectId, entry, { allProjects: cloud === staff });
  for (const server of servers) {
    if (server.taskState === "deleting") continue;
    const kept = await keeping(server);
    if (kept) return kept;
    await keepLastWords(at, entry, server);
    await cloud.compute.deleteServer(server.id);
  }
  const [server] = servers;
  if (!server) return notSeen(at.ledger, entry, at.nowMs());
  return wait("the temporary server is being deleted", { evidence: `deleting ${server.id}` });
}

/** Looked for once more after it was deleted: a 404 in answer to the deletion may be a proxy's, and the image would stay. */
async function removeImages<Answer>(
  { cloud, request, ledger, nowMs }: StepSurroundings,
  entry: ImageEntry,
  keeping: (thing: Thing) => Promise<Answer | undefined>,
): Promise<Wait | Answer | undefined> {
  const images = await findImages(cloud, request.projectId, entry);
  for (const image of images) {
    const kept = await keeping(image);
    if (kept) return kept;
    await cloud.image.deleteImage(image.id);
  }
  if (images.length === 0) return notSeen(ledger, entry, nowMs());
  const [left] = await findImages(cloud, request.projectId, entry);
  if (left) return wait("the image is still there", { evidence: `deleting ${left.id}` });
  ledger.strike(entry);
  return undefined;
}

/** A guest that never reported: what it printed is all that can explain it, and it goes with the server. Where it cannot be read, the server goes all the same. */
async function keepLastWords(
  { cloud, evidence, nowMs }: StepSurroundings,
  entry: ServerEntry,
  server: Server,
): Promise<void> {
  const kind = evidenceKinds[entry.kind];
  if (server.status !== "ACTIVE") return;
  const kept = await evidence.find(kind);
  if (kept?.mark === entry.mark && kept.report) return;
  const printed = await lastWords(cloud, server.id);
  if (printed === undefined || (printed === "" && kept?.mark === entry.mark)) return;
  await evidence.keep(kind, wordsOf(server, entry, nowMs(), printed));
}

async function lastWords(cloud: Cloud, serverId: string): Promise<string | undefined> {
  try {
    return consoleEnd(await readConsole(cloud, serverId));
  } catch (error) {
    if (!(error instanceof OpenStackFault) || error.kind === "credentialRevoked") throw error;
    return undefined;
  }
}

export const evidenceKinds = { "clean-server": "clean", "verify-server": "verify" } as const;

/** The staff credential may not delete a trust: only the trustor, and the trust's own token, may. It ends by itself then. */
export async function removeTrust(cloud: Cloud, ledger: Ledger): Promise<void> {
  const account = ledger.find("account");
  if (account) ledger.strike(account);
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

/** One 404 proves nothing (a proxy, a cell that is away): gone is what two looks in vain have missed. Where we never heard whether it was made, a slow call may still make it: first until none can be under way. */
function notSeen(ledger: Ledger, entry: MadeEntry, nowMs: number): Wait | undefined {
  if (entry.thingId === undefined && entry.quietUntilMs > nowMs) {
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
  const why =
    entry.thingId === undefined
      ? "nothing came of a lost call"
      : `the ${isServer(entry) ? "temporary server" : "image"} is gone`;
  return wait(`making sure that ${why}`, {
    evidence: `look ${entry.emptyLooks + 1} ${entry.mark}`,
  });
}

/** A no may pass: the delegation is given up only where nothing is left to do with it, or the same no was heard for long enough. Throws it until then. */
async function withoutAuthority(at: StepSurroundings, fault: OpenStackFault): Promise<StepOutcome<"release">> {
  const { request, ledger } = at;
  const authorities: LedgerEntry[] = ledger.entries.filter(({ kind }) => kind === "trust" || kind === "account");
  const left = ledger.entries.filter(
    (entry) =>
      entry.struckAtMs === undefined &&
      !authorities.includes(entry) &&
      !(isImage(entry) && isPublished(request, entry)),
  );
  const heardBefore = request.waiting?.evidence === revokedEvidence ? request.waiting.evidenceSinceMs : at.nowMs();
  if (left.length > 0 && at.nowMs() - heardBefore < refusedReleasePatienceMs) throw fault;
  for (const authority of authorities) if (authority.struckAtMs === undefined) ledger.strike(authority);
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
        remedy: `Remove it yourself: unlock and start the server ${request.server.name}, delete servers and images named darkroom-….`,
      },
    ),
  );
}
