// DELETE /v1/images/{id}/members/{project}
import { defineOperation } from "../operation.ts";
import { invitationExample, memberExample } from "../sharing.ts";

export const deleteMember = defineOperation({
  id: "delete-member",
  method: "DELETE",
  path: "/v1/images/{id}/members/{project}",
  tag: "Sharing",
  summary: "Share an image with a project no longer",
  description:
    "Servers that it booted go on running. A project that does not want the image any more rejects its invitation.",
  caller: "token",
  answers: { 204: { description: "Shared no longer" } },
  problems: [404],
  examples: { params: { id: invitationExample.image.id, project: memberExample.project.id } },
});
