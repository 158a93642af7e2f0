// Has the live request that an event concerns looked at now. It writes nothing: whatever the event said, the step looks for itself.
import { type ImageRequest, isEnded, openQuestion } from "../requests/image-request.ts";
import { serverLock } from "../requests/locks.ts";
import type { Runtime } from "../runtime.ts";
import { messageFor } from "../workflow/run-step.ts";
import type { Hint } from "./hint.ts";
import { type RecentlySeen, recentlySeen } from "./recently-seen.ts";

type Hands = Pick<Runtime, "store" | "locks" | "queue" | "clock">;

/** However many events come, two looks at one request are so far apart, as at the quickest pace without events. */
const apartMs = 1_000;
/** A look that is under way is over after so long, as a rule. */
const oneLookMs = 2_000;
/** A temporary thing's event is looked up among so many of its project's requests; an older one's is looked at in its own time. */
const newestOfProject = 25;
const maxEventsKept = 5_000;
const maxMessagesKept = 1_000;

const events = recentlySeen(maxEventsKept);
const messages = recentlySeen(maxMessagesKept);

/** How many requests are looked at. One event costs one read of the table, and one or two more only where it bears our name or a live request holds its server. */
export async function lookAtOnce(hands: Hands, provider: string, hints: readonly Hint[]): Promise<number> {
  const requests = new Map<string, ImageRequest>();
  const looked = new Set<string>();
  for (const hint of hints) {
    const key = `${provider} ${hint.id}`;
    const thing = `${hint.serverId} ${hint.mark}`;
    if (events.has(key)) continue;
    if (!looked.has(thing)) {
      looked.add(thing);
      const request = await concerned(hands, provider, hint);
      if (request) requests.set(request.id, request);
    }
    events.add(key); // not before: an event that met a table out of order is sent again
  }
  const sent = await Promise.all([...requests.values()].map((request) => poke(hands, request, messages)));
  return sent.filter(Boolean).length;
}

/** By the lock of its server, else by the mark of a temporary thing of ours. */
async function concerned(
  { locks, store }: Hands,
  provider: string,
  { serverId, mark, projectId }: Hint,
): Promise<ImageRequest | undefined> {
  if (mark && projectId) {
    const { requests } = await store.listOfProject({ provider, projectId, limit: newestOfProject });
    return requests.find((request) => !isEnded(request) && holds(request, mark));
  }
  const holder = serverId && (await locks.holder(serverLock(provider, serverId)));
  const request = holder ? await store.get(holder) : undefined;
  return request && !isEnded(request) ? request : undefined;
}

function holds({ ledger }: ImageRequest, mark: string): boolean {
  return ledger.some((entry) => entry.mark === mark && entry.struckAtMs === undefined);
}

/** Once a version. Where a look is under way, it may have been too early: there is one after it. */
async function poke({ queue, clock }: Hands, request: ImageRequest, sent: RecentlySeen): Promise<boolean> {
  const nowMs = clock.now();
  if (!waitsForCloud(request, nowMs)) return false;
  const busy = request.claim !== undefined && request.claim.untilMs > nowMs;
  const message = messageFor(busy ? { ...request, version: request.version + 1 } : request);
  const key = `${message.requestId} ${message.version}`;
  if (sent.has(key)) return false;
  await queue.send(message, busy ? oneLookMs : Math.max(0, Date.parse(request.updatedAt) + apartMs - nowMs));
  sent.add(key);
  return true;
}

/** Not for a person, and not for time to pass. A request that does not wait has its message on the way already. */
function waitsForCloud(request: ImageRequest, nowMs: number): boolean {
  const { waiting, step } = request;
  return (
    waiting !== undefined &&
    step !== "approve" &&
    openQuestion(request) === undefined &&
    (waiting.restsUntilMs ?? 0) <= nowMs
  );
}
