// Brings events to the hook: together while it keeps up, one by one where it refuses, never one at the cost of the others.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { log } from "../../lib/log.ts";

/** An event in hand, until it is settled one way or the other. */
export interface Held {
  readonly event: Record<string, unknown>;
  readonly sinceMs: number;
  /** The hook has it, or nobody needs it any more. */
  done(): void;
  /** The hook will not take it. */
  undeliverable(why: string): void;
}

export interface Delivery {
  take(held: Held): void;
  /** Forgets what is in hand: whoever gave it gives it again. */
  forget(): void;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
  readonly counts: { delivered: number; tooOld: number; undeliverable: number };
}

export interface DeliveryOptions {
  readonly hookUrl: string;
  readonly secret: string;
  /** Each call ends after so long. */
  readonly timeoutMs?: number;
  /** Of the back-offs: 1, 2, 4 … times this, and no more than 30 times. */
  readonly pauseMs?: number;
  /** A hint so old helps nobody: the step has looked by itself meanwhile. Shorter than RabbitMQ's time-out for acknowledgements, 30 minutes. */
  readonly maxAgeMs?: number;
}

/** So many go in one call. */
const maxTogether = 50;
/** An event that is refused by itself is tried so often. */
const maxTries = 6;
const maxBackOff = 30;

export function startDelivery(options: DeliveryOptions): Delivery {
  const { pauseMs = 1_000, maxAgeMs = 600_000 } = options;
  const post = poster(options);
  const waiting: { held: Held; tries: number }[] = [];
  const counts = { delivered: 0, tooOld: 0, undeliverable: 0 };
  let generation = 0;
  let running: Promise<void> | undefined;

  const wake = () => {
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.length > 0) wake();
    });
  };

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const alone = waiting[0]?.tries !== 0;
      const fresh = waiting.findIndex(({ tries }) => tries > 0);
      const batch = waiting.splice(0, alone ? 1 : Math.min(fresh === -1 ? waiting.length : fresh, maxTogether));
      await deliver(batch, generation);
    }
  }

  /** Until it is taken, refused, or too old. */
  async function deliver(batch: { held: Held; tries: number }[], of: number): Promise<void> {
    for (let pauses = 0; of === generation; pauses++) {
      const answer = await post(batch.map(({ held }) => held.event));
      if (of !== generation) return;
      if (answer.kind === "taken") return settle(batch, "delivered");
      if (answer.kind === "refused") return await refused(batch, answer.why, of);
      const oldestMs = Math.min(...batch.map(({ held }) => held.sinceMs));
      if (Date.now() - oldestMs > maxAgeMs) {
        log.warn("events dropped: the hook was away too long", { events: batch.length, why: answer.why });
        return settle(batch, "tooOld");
      }
      const inMs = Math.max(answer.retryAfterMs ?? 0, backOff(pauses));
      log.warn("the hook is away", { why: answer.why, againInMs: inMs });
      await sleep(inMs);
    }
  }

  /** One of several spoils the call for all: each by itself. One alone is tried again later, while the others go on. */
  async function refused(batch: { held: Held; tries: number }[], why: string, of: number): Promise<void> {
    const [only] = batch;
    if (!only || batch.length > 1) {
      for (const one of batch) await deliver([one], of);
      return;
    }
    const tries = only.tries + 1;
    if (tries >= maxTries) {
      log.error("event given up", { event: only.held.event.message_id, type: only.held.event.event_type, why });
      counts.undeliverable += 1;
      return only.held.undeliverable(why);
    }
    setTimeout(
      () => {
        if (of !== generation) return;
        waiting.push({ held: only.held, tries });
        wake();
      },
      backOff(tries - 1),
    ).unref();
  }

  function settle(batch: { held: Held }[], how: "delivered" | "tooOld"): void {
    counts[how] += batch.length;
    for (const { held } of batch) held.done();
  }

  function backOff(times: number): number {
    return pauseMs * Math.min(2 ** times, maxBackOff);
  }

  return {
    counts,
    take(held) {
      waiting.push({ held, tries: 0 });
      wake();
    },
    forget() {
      generation += 1;
      waiting.length = 0;
    },
    idle: async () => running,
  };
}

/** `away`: nothing is wrong with the events; so it is too where our secret or address is wrong, which is for the operator to mend. */
type Answer =
  | { kind: "taken" }
  | { kind: "refused"; why: string }
  | { kind: "away"; why: string; retryAfterMs?: number };

const awayStatuses = new Set([401, 403, 404, 407, 408, 425, 429, 502, 503, 504]);
const maxRetryAfterMs = 60_000;

function poster({ hookUrl, secret, timeoutMs = 10_000 }: DeliveryOptions) {
  const webhook = new Webhook(secret);
  return async (events: Record<string, unknown>[]): Promise<Answer> => {
    const body = JSON.stringify(events);
    const id = `evt_${randomUUID()}`;
    const now = new Date();
    try {
      const answer = await fetch(hookUrl, {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          "content-type": "application/json",
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
          "webhook-signature": webhook.sign(id, now, body),
        },
        body,
      });
      await answer.body?.cancel();
      if (answer.ok) return { kind: "taken" };
      const why = `it answered ${answer.status}`;
      if (!awayStatuses.has(answer.status)) return { kind: "refused", why };
      const retryAfterMs = Number(answer.headers.get("retry-after") ?? 0) * 1000;
      return { kind: "away", why, retryAfterMs: Math.min(retryAfterMs || 0, maxRetryAfterMs) };
    } catch (error) {
      if (error instanceof DOMException && error.name === "TimeoutError")
        return { kind: "refused", why: `no answer within ${timeoutMs} ms` };
      const { message, cause } = error as Error;
      return { kind: "away", why: cause instanceof Error ? cause.message : message };
    }
  };
}
