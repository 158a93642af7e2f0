// GET /v1/approvals: what waits for this provider's staff, with what they need to decide.
import { listApprovals } from "../../events/operations/list-approvals.ts";
import { listWaiting, type Waiting } from "../../lib/approvals/waiting.ts";
import { answer } from "../../lib/http/answer.ts";
import { type Call, endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import { staffOnly } from "../../lib/http/staff.ts";
import { reasonsForApproval } from "../../lib/requests/limits.ts";
import { representation } from "../../lib/requests/representation.ts";

export const handler = endpoint(listApprovals, async (call) => {
  const { runtime, provider, caller, query } = call;
  staffOnly(caller, "Only staff of this provider see what waits for them.");
  const page = await listWaiting(runtime.table, { provider: provider.name, ...query }).catch(refuseBadCursor);
  return answer(200, { approvals: page.waiting.map((each) => shown(each, call)), next: page.cursor ?? null });
});

function shown(waiting: Waiting, { provider, caller }: Pick<Call, "provider" | "caller">) {
  const { kind, since } = waiting;
  const mayDecide = (userId: string) => provider.policy.selfApproval || userId !== caller.userId;
  if (kind === "image-request") {
    const { request } = waiting;
    return {
      kind,
      since,
      mayDecide: mayDecide(request.requester.userId),
      deadline: request.approvalDeadline,
      reasons: reasonsForApproval(request.asked, provider.policy),
      request: representation(request),
    };
  }
  const { imageId, imageName, projectId, projectName, requester, reason } = waiting.question;
  return {
    kind,
    since,
    mayDecide: mayDecide(requester.userId),
    image: { id: imageId, name: imageName },
    project: { id: projectId, name: projectName },
    requester: { id: requester.userId, name: requester.userName },
    reason,
  };
}
