// GET /v1/invitations
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { invitation, invitationExample, invitationQuery } from "../sharing.ts";

export const listInvitations = defineOperation({
  id: "list-invitations",
  method: "GET",
  path: "/v1/invitations",
  tag: "Sharing",
  summary: "Images that other projects share with yours, by what was answered",
  caller: "token",
  query: invitationQuery,
  answers: {
    200: {
      description: "500 at most; `more` says whether there are others",
      schema: z.strictObject({ invitations: z.array(invitation), more: z.boolean() }),
      example: { invitations: [invitationExample], more: false },
    },
  },
  examples: { query: { status: "pending" } },
});
