// From answers to states: properties that hold whatever a step answers, in whatever order.
import * as fc from "fast-check";
import { imageRequestBody, imageRequestExample } from "../../events/image-request.ts";
import { OpenStackFault } from "../openstack/index.ts";
import { problem } from "../requests/problem.ts";
import { maxTimelineEntries } from "../requests/timeline.ts";
import { chain, type StepName, stepNames } from "./chain.ts";
import { outcomeOfFault } from "./fault-outcome.ts";
import { lookAgain, pass, refuse, type StepOutcome, wait } from "./outcome.ts";
import { type State, transition } from "./transition.ts";

const asked = imageRequestBody.parse(imageRequestExample);
const begin = (step: StepName = "check"): State => ({ step, learned: {}, ledger: [], timeline: [], asked });
const because = problem("x", "X", "because");

const answers: fc.Arbitrary<StepOutcome> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(pass("not needed")) },
  {
    weight: 3,
    arbitrary: fc
      .record({ why: fc.constantFrom("a", "b"), againInMs: fc.nat(2_000_000) })
      .map(({ why, againInMs }) => wait(why, { againInMs })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("failed", "denied", "expired", "cancelled" as const)
      .map((status) => refuse(because, status)),
  },
);

test("every road goes through release, ends once, and is always either due or ended", () => {
  fc.assert(
    fc.property(fc.array(answers, { maxLength: 400 }), (road) => {
      let state = begin();
      let nowMs = 1_000_000;
      const steps: StepName[] = [];
      for (const answer of road) {
        const { outcome, nextLookInMs } = transition(state, answer, nowMs);
        steps.push(state.step);
        expect(outcome.timeline.length).toBeLessThanOrEqual(maxTimelineEntries);
        if (outcome.endedAt) {
          expect(state.step).toBe("release");
          expect(outcome.end).toBeDefined();
          expect(outcome.wakeAtMs).toBeUndefined();
          return;
        }
        expect(outcome.wakeAtMs).toBeGreaterThan(nowMs + (nextLookInMs ?? 0));
        expect(stepNames.indexOf(outcome.step)).toBeGreaterThanOrEqual(stepNames.indexOf(state.step));
        expect(outcome.step === "release").toBe(outcome.end !== undefined);
        state = { ...outcome, asked };
        nowMs += 1_000;
      }
    }),
    { seed: 1 },
  );
});

test.each(stepNames.filter((name) => name !== "release"))(
  "a refusal at %s goes to release with its problem",
  (step) => {
    const { outcome } = transition(begin(step), refuse(because, "denied"), 0);
    expect(outcome).toMatchObject({ step: "release", end: { status: "denied", problem: because } });
    expect(outcome.endedAt).toBeUndefined();
  },
);

test("a refusal by release ends the request as failed, keeps why it was ending, and names what is left", () => {
  const lock = { kind: "lock", mark: "m", intentAtMs: 0 } as const;
  const state: State = {
    ...begin("release"),
    end: { status: "cancelled", problem: problem("c", "C", "Cancelled by alice.") },
    ledger: [lock],
  };
  const { outcome, nextLookInMs } = transition(state, refuse(problem("leftovers", "L", "It cannot be unlocked.")), 0);
  expect(nextLookInMs).toBeUndefined();
  expect(outcome.end).toMatchObject({
    status: "failed",
    problem: { detail: "Cancelled by alice. Afterwards: It cannot be unlocked." },
    leftovers: ["the server's lock"],
  });
});

test("waiting for the same ends with the step's patience, waiting for something new begins anew, but not for ever", () => {
  const { patienceMs } = chain.capture;
  const first = transition(begin("capture"), wait("saving", { evidence: "1" }), 0);
  const waiting: State = { ...first.outcome, asked };
  expect(transition(waiting, wait("saving", { evidence: "1" }), patienceMs - 1).outcome.step).toBe("capture");
  expect(transition(waiting, wait("saving", { evidence: "1" }), patienceMs).outcome).toMatchObject({
    step: "release",
    end: { status: "failed", problem: { type: "urn:darkroom:problem:nothing-moves" } },
  });
  expect(transition(waiting, wait("saving", { evidence: "2" }), patienceMs).outcome.step).toBe("capture");
  expect(transition(waiting, wait("saving", { evidence: "2" }), patienceMs * 8).outcome.step).toBe("release");
});

describe("an outage eats nothing of the step's own time:", () => {
  const minutes = (count: number) => count * 60_000;
  const fault = (kind: "unavailable" | "throttled" | "unexpectedShape", service: "compute" | "image" = "compute") =>
    outcomeOfFault(new OpenStackFault({ kind, service, method: "GET", path: "/x", detail: "x" }), minutes(240), 0);
  const busy = wait("the server is busy");

  /** Where it stands after these answers, each the given minutes after the one before. */
  const whyAfter = (step: StepName, ...answers: [afterMinutes: number, answer: StepOutcome][]) => {
    let state = begin(step);
    let nowMs = 0;
    for (const [afterMinutes, answer] of answers) {
      nowMs += minutes(afterMinutes);
      state = { ...transition(state, answer, nowMs).outcome, asked };
      if (state.step !== step || "endedAt" in state) return "over";
    }
    return state.waiting?.why;
  };

  const away = fault("unavailable");
  test.each([
    ["quiesce", 124, busy],
    ["check", 17, busy],
    ["capture", 81, fault("unexpectedShape")],
    ["release", 120, wait("no", { patienceMs: minutes(15) })],
  ] as const)("%s, after %d minutes", (step, lasted, then) => {
    expect(whyAfter(step, [0, away], [lasted, away], [1, then])).toBe(then.kind === "wait" ? then.why : "");
  });

  test("its own patience with what it then sees is whole, and no longer", () => {
    const seen: [number, StepOutcome][] = [
      [0, busy],
      [1, away],
      [200, away],
      [1, busy],
    ];
    expect(whyAfter("quiesce", ...seen, [14, busy])).toBe(busy.why);
    expect(whyAfter("quiesce", ...seen, [15, busy])).toBe("over");
  });

  test("an outage ends with its own patience", () => {
    expect(whyAfter("quiesce", [0, away], [239, away])).toBe("Nova does not answer");
    expect(whyAfter("quiesce", [0, away], [240, away])).toBe("over");
  });

  test("a pause in which nobody looks is neither its end nor news: a call that fails for ever ends with the outage's patience", () => {
    const pause = wait("an earlier call may still be under way", { evidence: "quiet", noNews: true });
    const rounds = (count: number) =>
      Array.from({ length: count }, (): [number, StepOutcome][] => [
        [1, away],
        [3, pause],
      ]).flat();
    expect(whyAfter("capture", ...rounds(60))).toBe(pause.why); // 239 minutes
    expect(whyAfter("capture", ...rounds(60), [1, away])).toBe("over");
    // The pause itself ends nothing, however long the outage is.
    expect(whyAfter("capture", [0, away], [300, pause])).toBe(pause.why);
  });

  test("what goes round for ever ends all the same: work between outages, and outages that take turns", () => {
    const round = (count: number, ...answers: [number, StepOutcome][]) => Array.from({ length: count }, () => answers);
    const between = round(200, [7, wait("a")], [7, away]).flat();
    expect(whyAfter("quiesce", ...between.slice(0, 20))).not.toBe("over"); // 70 of 120 minutes are its own
    expect(whyAfter("quiesce", ...between)).toBe("over");
    const turns = round(200, [60, away], [60, fault("throttled", "image")]).flat();
    expect(whyAfter("quiesce", ...turns.slice(0, 20))).not.toBe("over");
    expect(whyAfter("quiesce", ...turns)).toBe("over");
  });

  test("a short patience with one thing is not eight times the time for all", () => {
    const short = (why: string) => wait(why, { patienceMs: minutes(10) });
    expect(whyAfter("capture", [0, busy], [110, short("a")], [5, short("b")])).toBe("b");
  });
});

test("a Retry-After of a day is believed for a quarter of an hour", () => {
  const tomorrow = { kind: "unavailable", service: "compute", method: "GET", path: "/servers" } as const;
  const answer = new OpenStackFault({ ...tomorrow, detail: "maintenance", retryAfterSeconds: 86_400 });
  const { outcome, nextLookInMs } = transition(begin("quiesce"), outcomeOfFault(answer, 14_400_000, 0), 0);
  expect([nextLookInMs, outcome.waiting?.restsUntilMs]).toEqual([900_000, 900_000]);
});

test("nothing is asked without a pause: who is to be looked at again at once, and is the same, waits ever longer", () => {
  let state = begin("quiesce");
  const delays: (number | undefined)[] = [];
  for (let look = 0; look < 45; look++) {
    const { outcome, nextLookInMs } = transition(state, lookAgain("locked"), look);
    delays.push(nextLookInMs);
    state = { ...outcome, asked };
  }
  expect(delays.slice(0, 5)).toEqual([0, 1_000, 1_000, 2_000, 2_000]);
  expect(delays.slice(-4)).toEqual([120_000, 120_000, 120_000, 120_000]);
});

test("what release could not tidy does not take a published image from its requester: completed, with leftovers", () => {
  const trust = { kind: "trust", mark: "m", intentAtMs: 0, trustId: "t" } as const;
  const state: State = { ...begin("release"), end: { status: "completed" }, ledger: [trust] };
  expect(transition(state, refuse(because), 0).outcome.end).toEqual({
    status: "completed",
    leftovers: ["trust with the darkroom_mark m"],
  });
});

test("a wait is one entry of the timeline, however often it is seen", () => {
  let state = begin("capture");
  for (let look = 0; look < 50; look++) state = { ...transition(state, wait("saving"), look * 1000).outcome, asked };
  expect(state.timeline).toEqual([expect.objectContaining({ what: "waiting", text: "saving", looks: 50 })]);
});

test("release done ends well only what went well", () => {
  const well = transition(
    { ...begin("release"), end: { status: "completed" } },
    { kind: "done", learned: undefined, text: "x" },
    0,
  );
  expect(well.outcome).toMatchObject({ end: { status: "completed" }, endedAt: "1970-01-01T00:00:00.000Z" });
  const denied = transition(
    { ...begin("release"), end: { status: "denied", problem: because } },
    { kind: "done", learned: undefined, text: "x" },
    0,
  );
  expect(denied.outcome.end?.status).toBe("denied");
});

test("a pause that is wanted says until when: a cloud's Retry-After is not shortened by its events, other waits are", () => {
  const throttled = new OpenStackFault({
    kind: "throttled",
    service: "compute",
    method: "GET",
    path: "/servers",
    status: 429,
    detail: "slow down",
    retryAfterSeconds: 90,
  });
  const pause = transition(begin("capture"), outcomeOfFault(throttled, 3_600_000, 0), 5_000);
  expect([pause.outcome.waiting?.restsUntilMs, pause.nextLookInMs]).toEqual([95_000, 90_000]);
  expect(transition(begin("capture"), wait("busy"), 5_000).outcome.waiting).not.toHaveProperty("restsUntilMs");
});
