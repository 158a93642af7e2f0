// POST /v1/image-requests/{id}/decision: staff approve or deny.

import { decideImageRequest } from "../../events/operations/decide-image-request.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict } from "../../lib/http/http-problem.ts";
import { decidersOnly } from "../../lib/http/staff.ts";
import { actor, visibleRequest } from "../../lib/http/visible-request.ts";
import { representation } from "../../lib/requests/representation.ts";
import { nudge } from "../../lib/workflow/nudge.ts";

export const handler = endpoint(decideImageRequest, async (call) => {
  const { runtime, provider, caller, body } = call;
  const request = await visibleRequest(call);
  decidersOnly(caller, provider.policy, request.requester);
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
