// GET /v1/image-requests/{id}
import { defineOperation } from "../operation.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";

export const getImageRequest = defineOperation({
  id: "get-image-request",
  method: "GET",
  path: "/v1/image-requests/{id}",
  tag: "Image requests",
  summary: "Where a request stands, what it waits for, how it ended",
  caller: "token",
  answers: {
    200: { description: "The request", schema: requestRepresentation, example: requestRepresentationExample },
  },
  problems: [404],
  examples: { params: { id: requestRepresentationExample.id } },
});
