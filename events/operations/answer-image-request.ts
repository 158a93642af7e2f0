// POST /v1/image-requests/{id}/answer
import { answerBody, answerExample } from "../answer.ts";
import { defineOperation } from "../operation.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";

export const answerImageRequest = defineOperation({
  id: "answer-image-request",
  method: "POST",
  path: "/v1/image-requests/{id}/answer",
  tag: "Image requests",
  summary: "Answer what a request asks",
  description: "Where its `status` is `asking`; only who asked for the image can.",
  caller: "token",
  body: answerBody,
  answers: {
    202: { description: "It goes on", schema: requestRepresentation, example: requestRepresentationExample },
  },
  problems: [404, 409],
  examples: { params: { id: requestRepresentationExample.id }, body: answerExample },
});
