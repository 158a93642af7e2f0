// Somebody permitted said yes, or the provider's policy says that this kind needs nobody.
import { reasonsForApproval } from "../../lib/requests/limits.ts";
import { problem } from "../../lib/requests/problem.ts";
import { done, refuse, wait } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const approve = defineStep("approve", async ({ request, provider, nowMs }) => {
  const { decision } = request;
  if (decision?.decision === "approve") {
    const reason = decision.reason && `: ${decision.reason}`;
    return done({ by: "staff", reason: decision.reason }, `approved by ${decision.by.userName}${reason}`);
  }
  if (decision) {
    return refuse(
      problem("denied", "Denied", `${decision.by.userName} denied the request: ${decision.reason}`, {
        remedy: provider.policy.supportContact
          ? `Questions: ${provider.policy.supportContact}.`
          : "Change what was named and ask again.",
      }),
      "denied",
    );
  }

  const reasons = reasonsForApproval(request.asked, provider.policy);
  if (reasons.length === 0) {
    return done({ by: "policy", reason: "" }, "the policy of this provider needs nobody's approval for this");
  }
  const leftMs = Date.parse(request.approvalDeadline) - nowMs();
  if (leftMs <= 0) {
    return refuse(
      problem("not-decided", "Nobody decided in time", `Nobody decided before ${request.approvalDeadline}.`, {
        remedy: "Ask again, and tell the staff of this cloud.",
      }),
      "expired",
    );
  }
  return wait(`for staff: ${reasons.join(", ")}`, { againInMs: leftMs });
});

export const handler = serveStep(approve);
