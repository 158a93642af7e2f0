// PUT /v1/invitations/{imageId}: the caller's project accepts or rejects an image.
import { answerInvitation as operation } from "../../events/operations/answer-invitation.ts";
import { uuid } from "../../events/text.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { notFound } from "../../lib/http/http-problem.ts";
import { answerInvitation } from "../../lib/images/invitations.ts";
import { tellAnswered } from "../../lib/images/sharing-notices.ts";

export const handler = endpoint(operation, async ({ runtime, provider, caller, params, body }) => {
  const imageId = uuid.safeParse(params.imageId);
  if (!imageId.success) throw notFound("invitation");
  const { projectId } = caller;
  const { invitation, updatedAt } = await answerInvitation(caller.cloud, projectId, imageId.data, body.status);
  const answered = { memberId: projectId, status: body.status, at: updatedAt };
  await tellAnswered(runtime, provider.name, invitation.image, answered);
  return answer(200, invitation);
});
