// POST /v1/image-requests/{id}/decision: staff approve or deny.

import { decideImageRequest } from "../../events/operations/decide-image-request.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict, HttpProblem } from "../../lib/http/http-problem.ts";
import { actor, visibleRequest } from "../../lib/http/visible-request.ts";
import { problem } from "../../lib/requests/problem.ts";
import { representation } from "../../lib/requests/representation.ts";
import { nudge } from "../../lib/workflow/nudge.ts";

export const handler = endpoint(decideImageRequest, async (call) => {
  const { runtime, provider, caller, body } = call;
  const request = await visibleRequest(call);
  if (!caller.isStaff) throw notStaff("Only staff of this provider decide.");
  if (request.requester.userId === caller.userId && !provider.policy.selfApproval) {
    throw notStaff("Nobody decides about their own request on this provider.");
  }
  const nowMs = runtime.clock.now();
  const decision = { ...body, by: actor(caller), at: new Date(nowMs).toISOString() };
  const decided = await runtime.store.decide(request, decision, nowMs);
  if (!decided) {
    throw conflict(
      "not-waiting",
      "The request does not wait for a decision now.",
      "Look at its status: it may be decided already, or not be checked yet.",
    );
  }
  call.note({ decision: body.decision, reason: body.reason });
  await nudge(runtime, decided);
  return answer(200, representation(decided));
});

function notStaff(detail: string): HttpProblem {
  return new HttpProblem(403, problem("not-staff", "Not yours to decide", detail));
}
