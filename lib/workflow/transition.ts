// From a step's answer to the request's next state: a pure function, so that every road can be tested.
import type { End, ImageRequest, Learned } from "../requests/image-request.ts";
import { isImage } from "../requests/ledger-entry.ts";
import { type Problem, problem } from "../requests/problem.ts";
import type { Outcome } from "../requests/store.ts";
import { type TimelineEntry, withEntry } from "../requests/timeline.ts";
import { chain } from "./chain.ts";
import { inWords } from "./ledger.ts";
import type { Done, Passed, Refusal, StepOutcome, Wait } from "./outcome.ts";
import { pace } from "./pace.ts";

/** A message that was sent is looked for by the waker this long after it should have arrived. */
export const lostAfterMs = 60_000;

export type State = Pick<ImageRequest, "step" | "end" | "learned" | "waiting" | "ledger" | "timeline" | "asked">;

/** However much changes, a step waits no longer than so many times its patience, and for outages so many times theirs: what goes round for ever ends too. */
export const maxPatiences = 8;

/** The outcome to write, and in how many ms the next message is to be seen; undefined: none is needed. */
export interface Transition {
  readonly outcome: Outcome;
  readonly nextLookInMs?: number;
}

export function transition(state: State, answer: StepOutcome, nowMs: number): Transition {
  switch (answer.kind) {
    case "done":
    case "passed":
      return goOn(state, answer, nowMs);
    case "wait":
      return stay(state, answer, nowMs);
    case "refuse":
      return end(state, answer, nowMs);
  }
}

function goOn(state: State, answer: Done<typeof state.step> | Passed, nowMs: number): Transition {
  const { step } = state;
  const next = chain[step].next;
  const learned: Learned =
    answer.kind === "done" && answer.learned !== undefined
      ? { ...state.learned, [step]: answer.learned }
      : state.learned;
  const text = answer.kind === "done" ? answer.text : answer.why;
  const timeline = noted(state, answer.kind, text, nowMs);
  const { ledger } = state;
  if (next === null) {
    const ending: End = state.end ?? { status: "completed" };
    const last = { at: iso(nowMs), step, what: "ended", text: ending.status } as const;
    return {
      outcome: { step, end: ending, endedAt: iso(nowMs), learned, ledger, timeline: withEntry(timeline, last) },
    };
  }
  const reached: Pick<Outcome, "end"> = next === "release" ? { end: { status: "completed" } } : {};
  return at(nowMs, 0, { step: next, ...reached, learned, ledger, timeline });
}

function stay(state: State, answer: Wait, nowMs: number): Transition {
  const { step, learned, ledger } = state;
  const before = answer.noNews ? state.waiting : undefined;
  const evidence = before?.evidence ?? answer.evidence ?? answer.why;
  const outage = answer.outage ?? before?.outage;
  const unchanged = state.waiting?.evidence === evidence ? state.waiting : undefined;
  const sinceMs = unchanged?.evidenceSinceMs ?? nowMs;
  // While a person is asked, or it is held, the step's own time stands still.
  const stoodStill = state.waiting !== undefined && standsStill(state.waiting) && !standsStill(answer);
  const stepSinceMs = stoodStill ? nowMs : (state.waiting?.stepSinceMs ?? nowMs);
  const outagesMs = stoodStill ? 0 : outagesOver(state.waiting, unchanged !== undefined, nowMs);
  const patienceMs =
    answer.held || answer.noNews ? Number.POSITIVE_INFINITY : (answer.patienceMs ?? chain[step].patienceMs);
  // An outage eats nothing of the step's own time, nor a step's short patience with one thing the time that it has for all.
  const usedMs = answer.outage ? outagesMs + nowMs - sinceMs : nowMs - stepSinceMs - outagesMs;
  const totalMs =
    answer.totalMs ?? maxPatiences * (answer.outage ? patienceMs : Math.max(patienceMs, chain[step].patienceMs));
  if (nowMs - sinceMs >= patienceMs || usedMs >= totalMs) {
    return end(
      state,
      { kind: "refuse", status: "failed", problem: answer.givingUp ?? stuck(state, answer, sinceMs) },
      nowMs,
    );
  }
  const looks = (unchanged?.looks ?? 0) + 1;
  // A cloud that says yes and does nothing, or "again at once" for hours, must not be asked without a pause.
  const inMs = looks === 1 ? (answer.againInMs ?? pace(0)) : Math.max(answer.againInMs ?? 0, pace(looks - 1));
  return at(nowMs, inMs, {
    step,
    ...(state.end && { end: state.end }),
    learned,
    ledger,
    waiting: {
      why: answer.why,
      evidence,
      evidenceSinceMs: sinceMs,
      stepSinceMs,
      looks,
      ...(answer.rests && { restsUntilMs: nowMs + inMs }),
      ...(answer.held && { held: true }),
      ...(outage && { outage }),
      ...(outagesMs > 0 && { outagesMs }),
      ...(answer.question && { question: answer.question }),
    },
    timeline: noted(state, "waiting", answer.why, nowMs),
  });
}

/** Of this step so far. One that goes on is counted when it is over. */
function outagesOver(waiting: State["waiting"], goesOn: boolean, nowMs: number): number {
  const lastMs = waiting?.outage && !goesOn ? nowMs - waiting.evidenceSinceMs : 0;
  return (waiting?.outagesMs ?? 0) + lastMs;
}

function standsStill({ question, held }: Pick<Wait, "question" | "held">): boolean {
  return question !== undefined || held === true;
}

/** A refusal sends the request to `release`; one by `release` itself ends it, with what could not be removed. */
function end(state: State, answer: Refusal, nowMs: number): Transition {
  const { step, learned, ledger } = state;
  const timeline = noted(state, "refused", answer.problem.detail, nowMs);
  if (step !== "release") {
    const ending: End = { status: answer.status, problem: answer.problem };
    return at(nowMs, 0, { step: "release", end: ending, learned, ledger, timeline });
  }
  const leftovers = leftoversOf(state);
  // The image was published and stays: the requester has what was asked for, whatever of ours could not be tidied.
  const ending: End =
    state.end?.status === "completed"
      ? { status: "completed", ...(leftovers.length > 0 && { leftovers }) }
      : { status: "failed", problem: afterwards(state.end, answer.problem), leftovers };
  const last = { at: iso(nowMs), step, what: "ended", text: ending.status } as const;
  return { outcome: { step, end: ending, endedAt: iso(nowMs), learned, ledger, timeline: withEntry(timeline, last) } };
}

function at(nowMs: number, inMs: number, outcome: Omit<Outcome, "wakeAtMs">): Transition {
  return { outcome: { ...outcome, wakeAtMs: nowMs + inMs + lostAfterMs }, nextLookInMs: inMs };
}

function noted(state: State, what: TimelineEntry["what"], text: string, nowMs: number): TimelineEntry[] {
  return withEntry(state.timeline, { at: iso(nowMs), step: state.step, what, text });
}

/** What is still there, the published image apart, in words for the operator. */
function leftoversOf(state: State): string[] {
  const published = state.end?.status === "completed" ? state.learned.publish?.imageId : undefined;
  return state.ledger
    .filter((entry) => entry.struckAtMs === undefined)
    .filter((entry) => !(isImage(entry) && entry.thingId !== undefined && entry.thingId === published))
    .map(inWords);
}

function stuck(state: State, answer: Wait, sinceMs: number): Problem {
  return problem(
    "nothing-moves",
    "Nothing moved any more",
    `Gave up in step ${state.step}: ${answer.why}, unchanged since ${iso(sinceMs)}.`,
    { remedy: "Ask again; if it happens again, tell the support of this cloud." },
  );
}

/** The reason why the request was ending stays readable beside what then could not be tidied. */
function afterwards(earlier: End | undefined, leftover: Problem): Problem {
  if (!earlier || earlier.status === "completed") return leftover;
  return { ...leftover, detail: `${earlier.problem.detail} Afterwards: ${leftover.detail}` };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
