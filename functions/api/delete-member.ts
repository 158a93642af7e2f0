// DELETE /v1/images/{id}/members/{project}: shares an image with a project no longer.
import { deleteMember } from "../../events/operations/delete-member.ts";
import { projectId } from "../../events/sharing.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { ownImage } from "../../lib/http/visible-image.ts";

export const handler = endpoint(deleteMember, async (call) => {
  const { caller, params } = call;
  const { id } = await ownImage(call);
  // Whoever is no member is none afterwards, too.
  if (projectId.safeParse(params.project).success) await caller.cloud.image.removeMember(id, params.project);
  return answer(204, undefined);
});
