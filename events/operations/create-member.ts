// POST /v1/images/{id}/members
import { defineOperation } from "../operation.ts";
import { invitationExample, memberAdded, memberExample, shareBody } from "../sharing.ts";

export const createMember = defineOperation({
  id: "create-member",
  method: "POST",
  path: "/v1/images/{id}/members",
  tag: "Sharing",
  summary: "Share an image with a person, or with a project by its name",
  description:
    "A user's name leads to a project: the user's default one, else the only one. Where there are several the answer is 409 and `choices` names them; one of them is then PUT by its id. Needs the provider's directory.",
  caller: "token",
  body: shareBody,
  answers: {
    200: {
      description: "Shared with the project that was found",
      schema: memberAdded,
      example: { ...memberExample, note: "Glance shares with a whole project." },
    },
  },
  problems: [404, 409],
  examples: { params: { id: invitationExample.image.id }, body: { user: "bob" } },
});
