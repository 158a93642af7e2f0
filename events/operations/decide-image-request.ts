// POST /v1/image-requests/{id}/decision
import { decisionBody, decisionExample } from "../decision.ts";
import { defineOperation } from "../operation.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";

export const decideImageRequest = defineOperation({
  id: "decide-image-request",
  method: "POST",
  path: "/v1/image-requests/{id}/decision",
  tag: "Staff",
  summary: "Approve or deny a request",
  description: "Staff of the provider only; who decides is recorded, and the requester is told.",
  caller: "token",
  body: decisionBody,
  answers: {
    200: { description: "Decided", schema: requestRepresentation, example: requestRepresentationExample },
  },
  problems: [404, 409],
  examples: { params: { id: requestRepresentationExample.id }, body: decisionExample },
});
