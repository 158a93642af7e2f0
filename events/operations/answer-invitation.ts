// PUT /v1/invitations/{imageId}
import { defineOperation } from "../operation.ts";
import { invitation, invitationAnswer, invitationExample } from "../sharing.ts";

export const answerInvitation = defineOperation({
  id: "answer-invitation",
  method: "PUT",
  path: "/v1/invitations/{imageId}",
  tag: "Sharing",
  summary: "Accept or reject an image for your project",
  description: "Accepted, it stands in the project's list; rejected, it does not. It can be answered otherwise later.",
  caller: "token",
  body: invitationAnswer,
  answers: {
    200: { description: "Answered", schema: invitation, example: { ...invitationExample, status: "accepted" } },
  },
  problems: [404],
  examples: { params: { imageId: invitationExample.image.id }, body: { status: "accepted" } },
});
