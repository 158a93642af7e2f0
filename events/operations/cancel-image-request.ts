// POST /v1/image-requests/{id}/cancel
import { cancelBody, cancelExample } from "../decision.ts";
import { defineOperation } from "../operation.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";

export const cancelImageRequest = defineOperation({
  id: "cancel-image-request",
  method: "POST",
  path: "/v1/image-requests/{id}/cancel",
  tag: "Image requests",
  summary: "End a request at any step; everything of ours is taken back",
  caller: "token",
  body: cancelBody.prefault({}),
  answers: {
    202: {
      description: "It is being taken back",
      schema: requestRepresentation,
      example: requestRepresentationExample,
    },
  },
  problems: [404, 409],
  examples: { params: { id: requestRepresentationExample.id }, body: cancelExample },
});
