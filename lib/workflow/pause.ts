// A provider that its operator paused: what holds nothing in the cloud waits, and whatever has begun is brought to its end.
import type { Policy } from "../providers/policy.ts";
import { workEndMs } from "../requests/delegation.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { reasonsForApproval } from "../requests/limits.ts";
import { problem } from "../requests/problem.ts";
import type { StepName } from "./chain.ts";
import { type Refusal, refuse, type Wait, wait } from "./outcome.ts";

/** Of the delegation's life so much must be left for the work itself, and for an answer of the requester. */
const workNeedsMs = 7 * 86_400_000;
const againInMs = 300_000;

/** Before these something is held back; from a server's stop on nothing is, for its owner waits for it. Staff may decide meanwhile. */
const doorsOfWork: ReadonlySet<StepName> = new Set(["check", "quiesce"]);

/** Undefined: the step may look. The hold never outlasts the delegation: what cannot be done any more in its time ends in words. */
export function heldByPause(
  request: ImageRequest,
  policy: Pick<Policy, "paused" | "approvalNeededFor" | "supportContact">,
  nowMs: number,
): Wait | Refusal | undefined {
  const begun = request.ledger.some(({ kind }) => kind !== "trust" && kind !== "account");
  if (!policy.paused || !doorsOfWork.has(request.step) || begun) return undefined;
  const untilMs = heldUntilMs(request, policy);
  if (nowMs >= untilMs) return refuse(pausedTooLong(untilMs, policy.supportContact), "expired");
  return wait("the operator of Darkroom has paused this provider; the request is kept and goes on afterwards", {
    evidence: "paused",
    againInMs: Math.min(againInMs, untilMs - nowMs),
    held: true,
  });
}

/** What staff are still to decide about must reach them before their deadline. */
function heldUntilMs(request: ImageRequest, policy: Pick<Policy, "approvalNeededFor">): number {
  const toBeDecided = request.step === "check" && reasonsForApproval(request.asked, policy).length > 0;
  return toBeDecided ? Date.parse(request.approvalDeadline) : workEndMs(request) - workNeedsMs;
}

function pausedTooLong(untilMs: number, contact: string | undefined) {
  const detail = `The provider was paused until ${new Date(untilMs).toISOString()} and longer: your delegation does not last for the work any more.`;
  return problem("paused", "The provider was paused for too long", detail, {
    remedy: `Ask again once it is not paused.${contact ? ` Questions: ${contact}.` : ""}`,
  });
}
