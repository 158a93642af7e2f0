// What a request has passed that people want to be told of: derived from what it was and what was written, so that nobody can forget one.
import type { StepName } from "../workflow/chain.ts";
import { type ImageRequest, openQuestion, statusOf } from "./image-request.ts";
import type { Outcome } from "./store.ts";

export const milestoneKinds = [
  "received",
  "awaiting-approval",
  "started",
  "handed-back",
  "asking",
  "completed",
  "denied",
  "expired",
  "cancelled",
  "failed",
] as const;

export interface Milestone {
  readonly kind: (typeof milestoneKinds)[number];
  /** ISO. */
  readonly at: string;
  /** Of `asking`. */
  readonly questionId?: string;
}

/** Of a request that is being stored. */
export function firstMilestones(createdAt: string): Milestone[] {
  return [{ kind: "received", at: createdAt }];
}

/** Those that this outcome passes, in order; written with it, in the one write that makes it true. */
export function milestonesOf(
  before: Pick<ImageRequest, "step" | "waiting" | "lastAnswered" | "learned">,
  outcome: Outcome,
  nowMs: number,
): Milestone[] {
  const at = new Date(nowMs).toISOString();
  if (outcome.endedAt) return outcome.end ? [{ kind: outcome.end.status, at }] : [];
  const passed: Milestone[] = [];
  if (statusOf(outcome) === "awaiting-approval" && !before.waiting) passed.push({ kind: "awaiting-approval", at });
  if (went(before, outcome, "approve", "quiesce")) passed.push({ kind: "started", at });
  if (went(before, outcome, "resume", "sanitize") && !outcome.learned.resume?.serverGone)
    passed.push({ kind: "handed-back", at });
  const question = openQuestion(outcome);
  if (question && question.id !== before.waiting?.question?.id && question.id !== before.lastAnswered)
    passed.push({ kind: "asking", at, questionId: question.id });
  return passed;
}

function went({ step }: { step: StepName }, outcome: Outcome, from: StepName, to: StepName): boolean {
  return step === from && outcome.step === to;
}
