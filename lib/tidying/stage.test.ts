// What is to be done with a candidate at each stage and each day, and where everything begins anew.
import { defaultPolicy } from "../providers/policy.ts";
import { type Action, longestGapMs, nextAction, type StageRecord, settledAfterMs } from "./stage.ts";

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 27);
const policy = defaultPolicy("any").providers.any?.tidying;
if (!policy) throw new Error("no policy");

function record(stage: StageRecord["stage"], sinceDays: number, more: Partial<StageRecord> = {}): StageRecord {
  return {
    schemaVersion: 1,
    provider: "jetstream",
    imageId: "image-1",
    version: 3,
    stage,
    sinceMs: nowMs + sinceDays * dayMs,
    pass: "yesterday's",
    seenAtMs: nowMs - dayMs,
    name: "old",
    owner: "astro",
    reason: "unused",
    why: "nobody uses it",
    ...more,
  };
}

type Row = [
  what: string,
  expected: Action["do"],
  record: StageRecord | undefined,
  hidden?: boolean,
  hideFromDays?: number,
  status?: string,
];
const out = "deactivated";
const aWhileAgo = { deactivatedAtMs: nowMs - settledAfterMs };
const rows: Row[] = [
  ["never seen before", "tell", undefined],
  ["told today", "wait", record("told", 0)],
  ["told a day too short ago", "wait", record("told", -13)],
  ["told long enough ago", "hide", record("told", -14)],
  ["told long enough ago, the owner's day not come", "wait", record("told", -20), false, 3],
  ["hidden today", "wait", record("hidden", 0), true],
  ["hidden a day too short ago", "wait", record("hidden", -13), true],
  ["hidden long enough ago", "deactivate", record("hidden", -14), true],
  ["hidden long enough ago, the owner set a later day", "wait", record("hidden", -14), true, 3],
  ["hidden, and somebody showed it again", "keep", record("hidden", -14), false],
  [
    "put out of use a moment ago",
    "wait",
    record("deactivated", -14, { deactivatedAtMs: nowMs - 60_000 }),
    true,
    0,
    out,
  ],
  ["put out of use long enough ago", "delete", record("deactivated", -14, aWhileAgo), true, 0, out],
  ["… and somebody showed it again", "keep", record("deactivated", -14, aWhileAgo), false, 0, out],
  ["… and somebody put it back into use", "keep", record("deactivated", -14, aWhileAgo), true, 0, "active"],
  ["… and the owner set a later day", "wait", record("deactivated", -14, aWhileAgo), true, 3, out],
  ["it is being put out of use by another run", "wait", record("deactivated", -14, { seenAtMs: nowMs - 60_000 }), true],
  ["a run died before it put it out of use", "deactivate", record("deactivated", -14), true],
  ["a run died before it had heard that it is out of use", "deactivate", record("deactivated", -14), true, 0, out],
  [
    "put out of use, and no pass saw it for days",
    "tell",
    record("deactivated", -14, { ...aWhileAgo, seenAtMs: nowMs - longestGapMs - 1 }),
    true,
    0,
    out,
  ],
  ["a deletion that died in the middle", "delete", record("deleting", -14, aWhileAgo), true, 0, out],
  [
    "a deletion that another run is at",
    "wait",
    record("deleting", -14, { ...aWhileAgo, seenAtMs: nowMs - 60_000 }),
    true,
    0,
    out,
  ],
  ["a deletion that died, and somebody showed it again", "keep", record("deleting", -14, aWhileAgo), false, 0, out],
  [
    "a deletion that died, of a table of before images were put out of use",
    "deactivate",
    record("deleting", -14),
    true,
  ],
  ["kept by a person, for another day", "wait", record("kept", -30, { keptUntilMs: nowMs + dayMs })],
  ["kept by a person until yesterday", "tell", record("kept", -30, { keptUntilMs: nowMs - dayMs })],
  ["kept by a person for no time at all", "tell", record("kept", -30)],
  [
    "told, and no pass saw it for days: an old table",
    "tell",
    record("told", -14, { seenAtMs: nowMs - longestGapMs - 1 }),
  ],
  ["hidden, and no pass saw it for days", "tell", record("hidden", -14, { seenAtMs: nowMs - longestGapMs - 1 }), true],
  ["seen in the future: the clock went back", "tell", record("hidden", -14, { seenAtMs: nowMs + dayMs }), true],
  ["told in the future", "tell", record("told", 1)],
];

test.each(rows)("%s: %s", (_what, expected, before, hidden = false, hideFromDays = 0, status = "active") => {
  const hideFromMs = nowMs + hideFromDays * dayMs;
  expect(nextAction({ hideFromMs }, before, { hidden, status }, policy, nowMs).do).toBe(expected);
});

test("who is told hears both days, the owner's own where it comes later", () => {
  const told = (hideFromMs: number) =>
    nextAction({ hideFromMs }, undefined, { hidden: false, status: "active" }, policy, nowMs);
  expect(told(nowMs)).toEqual({
    do: "tell",
    again: false,
    hideAtMs: nowMs + 14 * dayMs,
    deleteAtMs: nowMs + 28 * dayMs,
  });
  const later = nowMs + 20 * dayMs;
  expect(told(later)).toMatchObject({ hideAtMs: later, deleteAtMs: later + 14 * dayMs });
});
