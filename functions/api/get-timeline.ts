// GET /v1/image-requests/{id}/timeline: what happened to a request, oldest first.
import { getTimeline } from "../../events/operations/get-timeline.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleRequest } from "../../lib/http/visible-request.ts";

export const handler = endpoint(getTimeline, async (call) => {
  const { id, timeline } = await visibleRequest(call);
  return answer(200, { id, timeline });
});
