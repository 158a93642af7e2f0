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
  const waiting: Waiting[] = [];
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
      const alone = waiting[0]?.failures !== 0;
      const other = waiting.findIndex(({ failures }) => failures > 0);
      const batch = waiting.splice(0, alone ? 1 : Math.min(other === -1 ? waiting.length : other, maxTogether));
      await deliver(batch, generation);
    }
  }

  /** Until it is taken, refused, or too old; a hook that hangs is left to others after one call. Whether it hung with one alone. */
  async function deliver(batch: Waiting[], of: number): Promise<boolean> {
    for (let pauses = 0; batch.length > 0 && of === generation; pauses++) {
      const answer = await post(batch.map(({ held }) => held.event));
      if (of !== generation) return false;
      if (answer.kind === "taken") {
        settle(batch, "delivered");
        return false;
      }
      batch = withoutOld(batch, answer.why);
      const [only] = batch;
      if (!only) return false;
      if (answer.kind !== "away") {
        if (batch.length > 1) await eachAlone(batch, of);
        else setAside(only, answer, of);
        return batch.length === 1 && answer.kind === "hung";
      }
      const inMs = Math.max(answer.retryAfterMs ?? 0, backOff(pauses));
      log.warn("the hook is away", { why: answer.why, againInMs: inMs });
      await sleep(inMs);
    }
    return false;
  }

  /** One of several spoils the call for all. Where the hook hangs twice running it is not they: the rest go on waiting together. */
  async function eachAlone(batch: Waiting[], of: number): Promise<void> {
    let hung = 0;
    for (const [index, one] of batch.entries()) {
      if (of !== generation) return;
      if (hung === 2) {
        waiting.unshift(...batch.slice(index));
        return;
      }
      hung = (await deliver([one], of)) ? hung + 1 : 0;
    }
  }

  /** One alone is tried again later, while the others go on. That the hook hangs is its fault only if it took others meanwhile. */
  function setAside(one: Waiting, { kind, why }: { kind: "refused" | "hung"; why: string }, of: number): void {
    const blamed = kind === "refused" || (one.failures > 0 && one.deliveredThen < counts.delivered);
    const { held } = one;
    const tries = one.tries + (blamed ? 1 : 0);
    if (tries >= maxTries) {
      log.error("event given up", { event: held.event.message_id, type: held.event.event_type, why });
      counts.undeliverable += 1;
      held.undeliverable(why);
      return;
    }
    const again = { held, tries, failures: one.failures + 1, deliveredThen: counts.delivered };
    setTimeout(() => {
      if (of !== generation) return;
      waiting.push(again);
      wake();
    }, backOff(one.failures)).unref();
  }

  function withoutOld(batch: Waiting[], why: string): Waiting[] {
    const before = Date.now() - maxAgeMs;
    const old = batch.filter(({ held }) => held.sinceMs < before);
    if (old.length > 0) log.warn("events dropped: they were not taken for too long", { events: old.length, why });
    settle(old, "tooOld");
    return batch.filter((one) => !old.includes(one));
  }

  function settle(batch: readonly Waiting[], how: "delivered" | "tooOld"): void {
    counts[how] += batch.length;
    for (const { held } of batch) held.done();
  }

  function backOff(times: number): number {
    return pauseMs * Math.min(2 ** times, maxBackOff);
  }

  return {
    counts,
    take(held) {
      waiting.push({ held, tries: 0, failures: 0, deliveredThen: 0 });
      wake();
    },
    forget() {
      generation += 1;
      waiting.length = 0;
    },
    idle: async () => running,
  };
}

interface Waiting {
  readonly held: Held;
  /** By itself, and it was to blame: as often as it may be. */
  readonly tries: number;
  /** By itself, whoever was to blame; from the first on it goes by itself. */
  readonly failures: number;
  /** How many others had been delivered when it failed last. */
  readonly deliveredThen: number;
}

/** `away`: nothing is wrong with the events; so it is too where our secret or address is wrong, which is for the operator to mend. `hung`: no answer in time, by an event's fault or the hook's. */
type Answer =
  | { kind: "taken" }
  | { kind: "refused"; why: string }
  | { kind: "hung"; why: string }
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
        return { kind: "hung", why: `no answer within ${timeoutMs} ms` };
      const { message, cause } = error as Error;
      return { kind: "away", why: cause instanceof Error ? cause.message : message };
    }
  };
}
