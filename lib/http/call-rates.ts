// How often one caller may call: 429 with Retry-After beyond. What a refusal saves must not cost more than the call.
import { changesSomething, type Operation } from "../../events/operation.ts";
import type { Provider } from "../providers/provider.ts";
import { problem } from "../requests/problem.ts";
import type { Runtime } from "../runtime.ts";
import type { Caller } from "./caller.ts";
import { HttpProblem } from "./http-problem.ts";

const windowMs = 60_000;

/** Of what anybody may read. A portal's own server asks for all its people from one address. */
const openCallsPerMinute = 600;
/** Refused tokens from one address: each costs a call to Keystone. Many people's tokens may end at the same time. */
const refusedTokensPerMinute = 120;

/**
 * Counts a caller's call by the provider's policy: `callsPerMinute.changing` in the table, one number for the whole installation;
 * `callsPerMinute.reading` in the memory of each instance, for a write to the table would cost more than most reads do
 * (docs/decisions/2026-11-27-two-ways-of-counting.md). Throws 429.
 */
export async function countCall(
  { rates, recentCalls, clock }: Runtime,
  operation: Pick<Operation, "method" | "looksOnly">,
  provider: Provider,
  { projectId, userId }: Caller,
): Promise<void> {
  const { reading, changing } = provider.policy.callsPerMinute;
  const key = ["calls", provider.name, projectId, userId].join("\0");
  if (!changesSomething(operation)) {
    const { waitMs } = recentCalls.count(key, reading, windowMs, clock.now());
    if (waitMs !== undefined) throw tooOften(waitMs / 1000, `More than ${reading} calls a minute that read.`);
    return;
  }
  const { retryAfterSeconds } = await rates.allow(key, changing, windowMs);
  if (retryAfterSeconds !== undefined)
    throw tooOften(retryAfterSeconds, `More than ${changing} calls a minute that change something.`);
}

/** Counts what anybody may call. Throws 429. */
export function countOpenCall({ recentCalls, clock }: Runtime, address: string): void {
  const { waitMs } = recentCalls.count(`open\0${address}`, openCallsPerMinute, windowMs, clock.now());
  if (waitMs !== undefined)
    throw tooOften(waitMs / 1000, `More than ${openCallsPerMinute} calls a minute from this address.`);
}

/** Lets Keystone be asked unless too many tokens from this address were refused lately; counts those that it refuses. Throws 429. */
export async function withRefusalsCounted<Found>(
  { recentCalls, clock }: Runtime,
  address: string,
  ask: () => Promise<Found>,
): Promise<Found> {
  const key = `refused\0${address}`;
  const { waitMs } = recentCalls.look(key, refusedTokensPerMinute, clock.now());
  if (waitMs !== undefined) throw tooOften(waitMs / 1000, "Too many tokens from this address were refused.");
  try {
    return await ask();
  } catch (error) {
    if (error instanceof HttpProblem && error.status === 401)
      recentCalls.count(key, refusedTokensPerMinute, windowMs, clock.now());
    throw error;
  }
}

export function tooOften(seconds: number, detail: string): HttpProblem {
  const retryAfter = String(Math.max(1, Math.ceil(seconds)));
  return new HttpProblem(
    429,
    problem("too-often", "Too often", detail, { remedy: `Try again in ${retryAfter} seconds.` }),
    { "retry-after": retryAfter },
  );
}
