// The calls that changed something in a cloud, as they are kept for whoever asks later: bounded, with OpenStack's request ids.
import type { CallReport } from "../openstack/index.ts";

/** One attempt of one call. `status` null: no answer came, so it may have been performed or not. */
export interface CallMade {
  readonly at: string;
  /** Of the chain; absent where it was made while a caller waited. */
  readonly step?: string;
  readonly service: string;
  readonly method: string;
  /** Below the service's address; a trust's id is not shown. */
  readonly path: string;
  readonly status: number | null;
  /** By it the operator finds the call in the service's own log. */
  readonly openstackRequestId?: string;
}

/** The oldest and the newest, and how many between them were dropped. */
export interface CallsMade {
  readonly made: readonly CallMade[];
  readonly dropped: number;
}

/** A request makes some thirty; one that goes round must not outgrow its item. */
export const maxCallsKept = 120;

export const noCalls: CallsMade = { made: [], dropped: 0 };

/** Does this call change anything? Asking for a token is no change: Keystone has no other way to be asked. */
export function changesSomething({ method, path }: Pick<CallReport, "method" | "path">): boolean {
  return method !== "GET" && method !== "HEAD" && path !== "/auth/tokens";
}

/** `calls` with what came later. Beyond `maxCallsKept` the first half stays, and the newest. */
export function withCalls(calls: CallsMade, later: readonly CallMade[]): CallsMade {
  const made = [...calls.made, ...later];
  const over = made.length - maxCallsKept;
  if (over <= 0) return { made, dropped: calls.dropped };
  const half = maxCallsKept / 2;
  return { made: [...made.slice(0, half), ...made.slice(-half)], dropped: calls.dropped + over };
}

/** Remembers the calls of one invocation that changed something. */
export function collectCalls(nowMs: () => number, step?: string) {
  let calls = noCalls;
  return {
    report(call: CallReport): void {
      if (!changesSomething(call)) return;
      const { service, method, path, status, requestId } = call;
      const made: CallMade = {
        at: new Date(nowMs()).toISOString(),
        ...(step && { step }),
        service,
        method,
        path,
        status: status ?? null,
        ...(requestId && { openstackRequestId: requestId }),
      };
      calls = withCalls(calls, [made]);
    },
    calls: (): CallsMade => calls,
  };
}
