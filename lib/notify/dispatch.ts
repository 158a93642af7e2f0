// What `notify` does with a poke: opens the deliveries of what is to be told, and tries those that are due.
import { log } from "../log.ts";
import type { Runtime } from "../runtime.ts";
import { type Delivery, deliveryId, isOver, mailTarget, noticeIdOf } from "./delivery.ts";
import { openEndpointStore } from "./endpoint-store.ts";
import type { Reach } from "./inside-address.ts";
import type { Mailer } from "./mail.ts";
import type { Notice } from "./notice.ts";
import { noticeOfRequest } from "./notice-of-request.ts";
import type { NoticeStore } from "./notice-store.ts";
import { tryMail } from "./try-mail.ts";
import { tryWebhook } from "./try-webhook.ts";

export interface Senders {
  /** Absent: no mail goes out. */
  readonly mailer?: Mailer;
  readonly reach: Reach;
  /** Ends every call, some time before the worker is killed. */
  readonly signal: AbortSignal;
  /** No more is begun after that. */
  timeIsUp(): boolean;
}

/** A worker that began a try is gone after this long: it lives no longer than its function's time-out, 60 s. */
export const claimMs = 70_000;

/** How a delivery was left. `behind`: the one before it has not been tried yet. */
export type Left = "over" | "later" | "behind" | "held";

/** Stale, repeated and unknown pokes do nothing. What is left undone stands in the table with its time. */
export async function dispatch(about: string, runtime: Runtime, senders: Senders): Promise<void> {
  const [kind, id = ""] = about.split(/#(.*)/s);
  const opened =
    kind === "request"
      ? await openForRequest(id, runtime, senders)
      : kind === "notice"
        ? await openForNotice(id, runtime, senders)
        : [about];
  // Receivers beside one another, and each of them in order.
  const receivers = Map.groupBy(opened, (key) => key.slice(key.lastIndexOf("#") + 1));
  await Promise.all([...receivers.values()].map((keys) => inOrder(keys, runtime, senders)));
}

/** Others may pass milestones meanwhile: then it is looked at once more, and after that by the clock. */
const maxLooks = 3;

async function openForRequest(id: string, runtime: Runtime, senders: Senders): Promise<string[]> {
  const opened: string[] = [];
  for (let look = 0; look < maxLooks; look++) {
    const outbox = await runtime.store.outbox(id);
    if (!outbox?.due) return opened;
    const places = outbox.request.milestones?.length ?? 0;
    for (let place = outbox.told; place < places; place++)
      opened.push(...(await open(noticeOfRequest(outbox.request, place), runtime, senders)));
    if (await runtime.store.allTold(outbox.request)) break;
  }
  return opened;
}

async function openForNotice(id: string, runtime: Runtime, senders: Senders): Promise<string[]> {
  const notice = await runtime.notices.unopened(id);
  if (!notice) return [];
  const opened = await open(notice, runtime, senders);
  await runtime.notices.allOpened(id, runtime.clock.now());
  return opened;
}

/** A delivery for each receiver that this notice has now. Opened before, it stays as it is. */
async function open(notice: Notice, runtime: Runtime, { mailer }: Senders): Promise<string[]> {
  const endpoints = await openEndpointStore(runtime.table).ofProject(notice.provider, notice.projectId);
  const targets = endpoints
    .filter(({ disabled, types }) => !disabled && (types.length === 0 || types.includes(notice.kind)))
    .map(({ id }) => id);
  const mails = mailer && notice.recipient && runtime.providers.find(notice.provider)?.policy.mailFrom;
  if (mails) targets.push(mailTarget);
  for (const target of targets) await runtime.notices.open(notice, target, runtime.clock.now());
  return targets.map((target) => deliveryId(notice.id, target));
}

/** Those of one receiver. Whatever was waiting for one that has now been tried follows it. */
async function inOrder(keys: readonly string[], runtime: Runtime, senders: Senders): Promise<void> {
  for (const first of keys) {
    let key: string | undefined = first;
    while (key !== undefined && !senders.timeIsUp()) {
      const delivery: Delivery | undefined = await runtime.notices.get(key);
      if (!delivery) break;
      const left = await attempt(delivery, runtime, senders);
      if (left === "behind" || left === "held") break;
      key = (await after(delivery, runtime))?.id;
    }
  }
}

async function attempt(delivery: Delivery, runtime: Runtime, senders: Senders): Promise<Left> {
  const nowMs = runtime.clock.now();
  if (isOver(delivery)) return "over";
  if (delivery.status === "waiting" && delivery.nextAt !== undefined && Date.parse(delivery.nextAt) > nowMs)
    return "later";
  if (delivery.status === "trying" && (delivery.claimedUntilMs ?? 0) > nowMs) return "held";
  if (await isBehind(delivery, runtime)) return "behind";
  const left =
    delivery.target === mailTarget
      ? await tryMail(delivery, runtime, senders)
      : await tryWebhook(delivery, runtime, senders);
  log.info("notice", { notice: delivery.notice.id, kind: delivery.notice.kind, target: delivery.target, left });
  return left;
}

/** In order, as far as the first try of each: one that fails then is tried again later, and holds nobody up. */
async function isBehind(delivery: Delivery, { notices, clock }: Runtime): Promise<boolean> {
  if (delivery.attempts > 0) return false;
  const earlier = await before(delivery, notices);
  if (!earlier || isOver(earlier)) return false;
  return earlier.attempts === 0 || (earlier.status === "trying" && (earlier.claimedUntilMs ?? 0) > clock.now());
}

// A receiver that chose its kinds of notices has no deliveries of the others: the one before, or after, may be some places away.

async function before({ notice, target }: Delivery, notices: NoticeStore): Promise<Delivery | undefined> {
  const { of = "", place = 0 } = notice.sequence ?? {};
  for (let at = place - 1; at >= 0; at--) {
    const found = await notices.get(deliveryId(noticeIdOf(of, at), target));
    if (found) return found;
  }
  return undefined;
}

async function after({ notice, target }: Delivery, { notices, store }: Runtime): Promise<Delivery | undefined> {
  if (!notice.sequence) return undefined;
  const { of, place } = notice.sequence;
  const places = (await store.get(of))?.milestones?.length ?? 0;
  for (let at = place + 1; at < places; at++) {
    const found = await notices.get(deliveryId(noticeIdOf(of, at), target));
    if (found) return found;
  }
  return undefined;
}
