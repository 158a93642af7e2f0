// PUT /v1/invitations/{imageId}: the caller's project accepts or rejects an image.
import { answerInvitation as operation } from "../../events/operations/answer-invitation.ts";
import { uuid } from "../../events/text.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { notFound } from "../../lib/http/http-problem.ts";
import { answerInvitation } from "../../lib/images/invitations.ts";

export const handler = endpoint(operation, async ({ caller, params, body }) => {
  const imageId = uuid.safeParse(params.imageId);
  if (!imageId.success) throw notFound("invitation");
  return answer(200, await answerInvitation(caller.cloud, caller.projectId, imageId.data, body.status));
});
