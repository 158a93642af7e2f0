// Sends a request until it is answered for good, again only where that can do no harm, within attempts and time.
import type { Dispatcher } from "undici";
import { exchange, type HttpRequest, type Outcome } from "./http.ts";
import type { CallReport, Clock, Limits, ServiceName } from "./options.ts";

/** What all calls on one cloud share. */
export interface Wire {
  connections: Dispatcher;
  clock: Clock;
  random: () => number;
  limits: Limits;
}

/** On whose behalf a call is made. */
export interface Caller {
  signal: AbortSignal | undefined;
  report: (call: CallReport) => void;
}

export interface Call extends HttpRequest {
  service: ServiceName;
  /** For reports: below the service's address. */
  path: string;
  /** Sending it twice does no more than sending it once. */
  repeatable: boolean;
  /** Never sent again here: whoever asks looks first whether the thing was made, even where the cloud says that it was not. */
  once?: boolean | undefined;
}

/** Carried through all attempts of one call. */
export interface Course {
  attempts: number;
  startedAt: number;
}

/** The last outcome. Never throws. */
export async function persist(wire: Wire, caller: Caller, call: Call, course: Course): Promise<Outcome> {
  for (;;) {
    const outcome = await attempt(wire, caller, call, course);
    const delayMs = nextDelayMs(outcome, call, course, wire);
    if (delayMs === undefined) return outcome;
    try {
      await wire.clock.sleep(delayMs, caller.signal);
    } catch (cause) {
      // What was tried so far is known not to have been performed, else it would not be tried again.
      return { answered: false, why: "aborted", sent: false, detail: "aborted by the caller", cause };
    }
  }
}

async function attempt(wire: Wire, caller: Caller, call: Call, course: Course): Promise<Outcome> {
  const startedAt = wire.clock.now();
  course.attempts += 1;
  const outcome = await exchange(wire.connections, call, wire.limits, caller.signal);
  const { service, method, path } = call;
  caller.report({
    service,
    method,
    path,
    status: outcome.answered ? outcome.status : undefined,
    requestId: outcome.answered ? requestIdOf(outcome.headers) : undefined,
    durationMs: wire.clock.now() - startedAt,
    attempt: course.attempts,
    fault: outcome.answered ? undefined : `${outcome.why}: ${outcome.detail}`,
  });
  return outcome;
}

/** Nova sends both headers, Glance and Keystone the first (measured on Zed). */
export function requestIdOf(headers: Record<string, string | string[] | undefined>): string | undefined {
  const id = headers["x-openstack-request-id"] ?? headers["x-compute-request-id"];
  return (Array.isArray(id) ? id[0] : id)?.slice(0, 100);
}

const firstBackoffMs = 200;
const maxBackoffMs = 5_000;

function nextDelayMs(
  outcome: Outcome,
  call: Call,
  course: Course,
  { clock, random, limits }: Wire,
): number | undefined {
  const now = clock.now();
  if (course.attempts >= limits.attempts || !worthRepeating(outcome, call, now)) return undefined;
  // Full jitter: clients that failed together must not come back together.
  const backoffMs = random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** (course.attempts - 1));
  const askedMs = outcome.answered ? (retryAfterSeconds(outcome.headers, now) ?? 0) * 1000 : 0;
  const delayMs = askedMs + backoffMs;
  return now - course.startedAt + delayMs > limits.retryBudgetMs ? undefined : delayMs;
}

function worthRepeating(outcome: Outcome, call: Call, now: number): boolean {
  if (call.once) return false;
  if (!outcome.answered) {
    if (outcome.why === "aborted" || outcome.why === "tooLong") return false;
    return call.repeatable || !outcome.sent;
  }
  if (isThrottled(outcome.status, outcome.headers, now)) return true;
  return call.repeatable && [500, 502, 503, 504].includes(outcome.status);
}

/**
 * 429, and 413 that says when to come back. Cinder answers 413 with `Retry-After: 0` when a quota is full (cinder/api/contrib/backups.py, for one): that is
 * no throttling, and asking again does not help.
 */
export function isThrottled(
  status: number,
  headers: Record<string, string | string[] | undefined>,
  now: number,
): boolean {
  return status === 429 || (status === 413 && (retryAfterSeconds(headers, now) ?? 0) > 0);
}

/** `Retry-After` as seconds or as an HTTP date (RFC 9110, 10.2.3); undefined where it is missing or neither. */
export function retryAfterSeconds(
  headers: Record<string, string | string[] | undefined>,
  now: number,
): number | undefined {
  const header = headers["retry-after"];
  const written = (Array.isArray(header) ? header[0] : header)?.trim();
  if (written === undefined || written === "") return undefined;
  if (/^\d{1,9}(?:\.\d+)?$/.test(written)) return Number(written);
  // JavaScript takes "-5" for a date, too; HTTP's begin with the day's name.
  const at = /^[a-z]{3,9},? /i.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
