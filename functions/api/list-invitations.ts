// GET /v1/invitations: images that other projects share with the caller's.
import { listInvitations } from "../../events/operations/list-invitations.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { invitationsOf } from "../../lib/images/invitations.ts";

export const handler = endpoint(listInvitations, async ({ caller, query }) =>
  answer(200, await invitationsOf(caller.cloud, caller.projectId, query.status)),
);
