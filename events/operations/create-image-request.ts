// POST /v1/image-requests
import { imageRequestBody, imageRequestExample } from "../image-request.ts";
import { defineOperation } from "../operation.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";

export const createImageRequest = defineOperation({
  id: "create-image-request",
  method: "POST",
  path: "/v1/image-requests",
  tag: "Image requests",
  summary: "Ask for an image of a server",
  description:
    "Whatever is wrong is said at once, and nothing is begun then. Sent again with the same Idempotency-Key it is the same request; with another body under that key it is refused.",
  caller: "token",
  body: imageRequestBody,
  headers: { "Idempotency-Key": "1 to 255 printable ASCII characters of your own; makes sending it again safe" },
  answers: {
    202: {
      description: "Taken; `Location` says where it stands",
      schema: requestRepresentation,
      example: requestRepresentationExample,
    },
  },
  problems: [409],
  examples: { body: imageRequestExample },
});
