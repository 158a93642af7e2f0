// DELETE /v1/images/{id}/members/{project}: shares an image with a project no longer.
import { deleteMember } from "../../events/operations/delete-member.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { ownImage } from "../../lib/http/visible-image.ts";
import { removeMember } from "../../lib/images/members.ts";

export const handler = endpoint(deleteMember, async (call) => {
  await removeMember(call.caller.cloud, await ownImage(call), call.params.project);
  return answer(204, undefined);
});
