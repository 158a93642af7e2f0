// PUT /v1/images/{id}/members/{project}
import { defineOperation } from "../operation.ts";
import { invitationExample, memberAdded, memberExample } from "../sharing.ts";

export const putMember = defineOperation({
  id: "put-member",
  method: "PUT",
  path: "/v1/images/{id}/members/{project}",
  tag: "Sharing",
  summary: "Share an image with a project, by the project's id",
  description:
    "Again it changes nothing. Where the provider has a directory, a project that does not exist is refused; without one the id is taken as it is and marked as not checked.",
  caller: "token",
  answers: {
    200: {
      description: "Shared; the project may answer",
      schema: memberAdded,
      example: { ...memberExample, note: "Glance shares with a whole project." },
    },
  },
  problems: [404, 409],
  examples: { params: { id: invitationExample.image.id, project: memberExample.project.id } },
});
