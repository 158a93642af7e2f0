// PUT /v1/images/{id}/publicity
import { defineOperation } from "../operation.ts";
import { publicity, publicityBody, publicityExample } from "../sharing.ts";

export const askPublicity = defineOperation({
  id: "ask-publicity",
  method: "PUT",
  path: "/v1/images/{id}/publicity",
  tag: "Sharing",
  summary: "Ask for an image of your project to be public",
  description:
    "The question waits for staff, beside image requests; asked again while it waits it is the same question. Where the policy needs nobody, the image is public at once. A question that nobody decides within the policy's `approvalDeadlineDays` is dropped: ask anew.",
  caller: "token",
  body: publicityBody.prefault({}),
  answers: { 200: { description: "Where the question stands", schema: publicity, example: publicityExample } },
  problems: [404, 409],
  examples: { params: { id: publicityExample.image.id }, body: { reason: publicityExample.reason } },
});
