// What is to be done with a candidate at each stage and each day, and where everything begins anew.
import { defaultPolicy } from "../providers/policy.ts";
import { type Action, longestGapMs, nextAction, type StageRecord } from "./stage.ts";

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
];
const rows: Row[] = [
  ["never seen before", "tell", undefined],
  ["told today", "wait", record("told", 0)],
  ["told a day too short ago", "wait", record("told", -13)],
  ["told long enough ago", "hide", record("told", -14)],
  ["told long enough ago, the owner's day not come", "wait", record("told", -20), false, 3],
  ["hidden today", "wait", record("hidden", 0), true],
  ["hidden a day too short ago", "wait", record("hidden", -13), true],
  ["hidden long enough ago", "delete", record("hidden", -14), true],
  ["hidden long enough ago, the owner set a later day", "wait", record("hidden", -14), true, 3],
  ["hidden, and somebody showed it again", "keep", record("hidden", -14), false],
  ["a deletion that died in the middle", "delete", record("deleting", -14), true],
  ["a deletion that another run is at", "wait", record("deleting", -14, { seenAtMs: nowMs - 60_000 }), true],
  ["a deletion that died, and somebody showed it again", "keep", record("deleting", -14), false],
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

test.each(rows)("%s: %s", (_what, expected, before, hidden = false, hideFromDays = 0) => {
  const hideFromMs = nowMs + hideFromDays * dayMs;
  expect(nextAction({ hideFromMs }, before, { hidden }, policy, nowMs).do).toBe(expected);
});

test("who is told hears both days, the owner's own where it comes later", () => {
  const told = (hideFromMs: number) => nextAction({ hideFromMs }, undefined, { hidden: false }, policy, nowMs);
  expect(told(nowMs)).toEqual({
    do: "tell",
    again: false,
    hideAtMs: nowMs + 14 * dayMs,
    deleteAtMs: nowMs + 28 * dayMs,
  });
  const later = nowMs + 20 * dayMs;
  expect(told(later)).toMatchObject({ hideAtMs: later, deleteAtMs: later + 14 * dayMs });
});
