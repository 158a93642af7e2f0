// GET /v1/images/{id}/members
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { invitationExample, member, memberExample } from "../sharing.ts";

export const listMembers = defineOperation({
  id: "list-members",
  method: "GET",
  path: "/v1/images/{id}/members",
  tag: "Sharing",
  summary: "The projects that an image is shared with, and what each answered",
  description: "The owner sees all of them, a member itself. An image that is not shared has none.",
  caller: "token",
  answers: {
    200: {
      description: "Each with its own answer",
      schema: z.strictObject({ members: z.array(member), note: z.string() }),
      example: { members: [memberExample], note: "Glance shares with a whole project." },
    },
  },
  problems: [404],
  examples: { params: { id: invitationExample.image.id } },
});
