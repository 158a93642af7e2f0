// What a step may answer when it is asked whether what it stands for is true yet.
import type { EndStatus, Learned, Question } from "../requests/image-request.ts";
import type { Problem } from "../requests/problem.ts";
import type { StepName } from "./chain.ts";

/** What a step learns for the steps after it; nothing, for most. */
export type LearnedBy<Name extends StepName> = Name extends keyof Learned ? NonNullable<Learned[Name]> : undefined;

export type StepOutcome<Name extends StepName = StepName> = Done<Name> | Passed | Wait | Refusal;

/** It is true. */
export interface Done<Name extends StepName> {
  readonly kind: "done";
  readonly learned: LearnedBy<Name>;
  readonly text: string;
}

/** This request has no need of the step. */
export interface Passed {
  readonly kind: "passed";
  readonly why: string;
}

/** Not yet: look again. */
export interface Wait {
  readonly kind: "wait";
  readonly why: string;
  /** What was seen. While it stays the same nothing moves, and the step's patience runs. Default: `why`. */
  readonly evidence?: string;
  /** When to look next; left out, the pace decides. It does, too, where the same was seen before: nothing is asked without a pause. */
  readonly againInMs?: number;
  /** `againInMs` is a pause that is wanted: no event of the cloud shortens it. */
  readonly rests?: true;
  /** In place of the step's own patience. */
  readonly patienceMs?: number;
  /** So long the step may wait in all. Default: eight of its patiences, or of the answer's where that is longer. */
  readonly totalMs?: number;
  /** It is kept from outside: no time of the step runs. */
  readonly held?: true;
  /** The cloud is away: no time of the step runs, the outage has its own patience. */
  readonly outage?: true;
  /** Nobody looked, for a pause that ends by itself: what was seen before still stands, an outage too, and goes on. */
  readonly noNews?: true;
  /** What the requester must answer meanwhile. */
  readonly question?: Question;
  /** Told to the requester in place of "nothing moved" when patience ends. */
  readonly givingUp?: Problem;
}

/** It cannot become true: the request ends so. */
export interface Refusal {
  readonly kind: "refuse";
  readonly status: Exclude<EndStatus, "completed">;
  readonly problem: Problem;
}

export function done<Name extends StepName>(learned: LearnedBy<Name>, text: string): Done<Name> {
  return { kind: "done", learned, text };
}

export function pass(why: string): Passed {
  return { kind: "passed", why };
}

export function wait(why: string, more: Omit<Wait, "kind" | "why"> = {}): Wait {
  return { kind: "wait", why, ...more };
}

/** The next thing was asked for; see at once whether it took. */
export function lookAgain(why: string): Wait {
  return { kind: "wait", why, againInMs: 0 };
}

export function refuse(problem: Problem, status: Refusal["status"] = "failed"): Refusal {
  return { kind: "refuse", status, problem };
}
