// What a step changed in the cloud is counted and kept within bounds.
import type { CallReport } from "../openstack/index.ts";
import { collectCalls, maxCallsKept, noCalls, withCalls } from "./calls-made.ts";

const call = (more: Partial<CallReport>): CallReport => ({
  service: "compute",
  method: "POST",
  path: "/servers/S/action",
  status: 202,
  requestId: "req-1",
  durationMs: 3,
  attempt: 1,
  ...more,
});
const nowMs = Date.parse("2026-01-05T12:00:00Z");

test("what changes something is kept, with OpenStack's request id; what only looks or signs in is not", () => {
  const collected = collectCalls(() => nowMs, "quiesce");
  collected.report(call({}));
  collected.report(call({ method: "GET" }));
  collected.report(call({ method: "HEAD" }));
  collected.report(call({ service: "identity", path: "/auth/tokens" }));
  collected.report(call({ status: undefined, requestId: undefined, fault: "timedOut: no answer" }));
  const at = "2026-01-05T12:00:00.000Z";
  const made = { at, step: "quiesce", service: "compute", method: "POST", path: "/servers/S/action" };
  expect(collected.calls()).toEqual({
    made: [
      { ...made, status: 202, openstackRequestId: "req-1" },
      { ...made, status: null },
    ],
    dropped: 0,
  });
});

test("of very many the first and the newest are kept, and the rest counted", () => {
  let calls = noCalls;
  for (let count = 0; count < maxCallsKept + 30; count++) {
    const at = String(count);
    calls = withCalls(calls, [{ at, service: "image", method: "PATCH", path: "/", status: 200 }]);
  }
  const half = maxCallsKept / 2;
  const kept = calls.made.map(({ at }) => Number(at));
  expect(kept.slice(0, half)).toEqual(Array.from({ length: half }, (_, at) => at));
  expect(kept.slice(half)).toEqual(Array.from({ length: half }, (_, at) => at + half + 30));
  expect(calls.dropped).toBe(30);
});
