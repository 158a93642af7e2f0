// POST /v1/image-requests/{id}/cancel: the requester's project, or staff, end a request; everything of ours is taken back.

import { cancelImageRequest } from "../../events/operations/cancel-image-request.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict } from "../../lib/http/http-problem.ts";
import { actor, visibleRequest } from "../../lib/http/visible-request.ts";
import { type ImageRequest, statusOf } from "../../lib/requests/image-request.ts";
import { representation } from "../../lib/requests/representation.ts";
import { nudge } from "../../lib/workflow/nudge.ts";

export const handler = endpoint(cancelImageRequest, async (call) => {
  const { runtime, caller, body } = call;
  const request = await visibleRequest(call);
  if (isCancelled(request)) {
    call.note({ again: true });
    return answer(202, representation(request));
  }
  call.note({ reason: body.reason });
  const nowMs = runtime.clock.now();
  const cancel = { reason: body.reason, by: actor(caller), at: new Date(nowMs).toISOString() };
  const cancelled = await runtime.store.cancel(request, cancel, nowMs);
  if (!cancelled) {
    const now = await visibleRequest(call);
    if (isCancelled(now)) return answer(202, representation(now));
    throw conflict(
      "too-late",
      `The request cannot be cancelled any more: it is ${statusOf(now)}.`,
      "Delete the image if you do not want it.",
    );
  }
  await nudge(runtime, cancelled);
  return answer(202, representation(cancelled));
});

function isCancelled({ cancel, end }: ImageRequest): boolean {
  return cancel !== undefined && (end === undefined || end.status === "cancelled");
}
