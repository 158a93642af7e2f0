// Who is answered what: one row for every operation; a new operation needs its row before its tests are green.
import { type Caller, eventSecret } from "./callers.ts";
import { asOwner, imageRequest, type Kind, type The, webhook } from "./things.ts";
import type { Input, Venue } from "./venue.ts";

export interface Row {
  /** One for each caller, in the order of callers.ts. */
  readonly statuses: string;
  /** A call that is good but for who makes it. */
  call(the: The, venue: Venue): Promise<Input>;
  /** Outsiders that this thing is shared with: they may know of it. */
  readonly parties?: readonly Caller[];
  /** What an accepted call uses up: every accepted call then gets one of its own. */
  readonly spends?: readonly Kind[];
  /** Brings to an end what an accepted call began. `body`: its answer. */
  // biome-ignore lint/suspicious/noExplicitAny: what was answered
  after?(venue: Venue, body: any): Promise<void>;
}

/** A row's name is its operation's; of the second and third, something follows in words. */
export function operationOf(row: string): string {
  return row.split(",")[0] as string;
}

const invitees: readonly Caller[] = ["stranger", "elsewhere"];

const nothing = async (): Promise<Input> => ({});

export const table: Record<string, Row> = {
  //                        owner colleague reader staff  stranger elsewhere unscoped  nobody expired garbage foreign
  "get-health": {
    statuses: "  200 200 200 200             200 200             200      200 200 200 200",
    call: nothing,
  },
  "get-openapi": {
    statuses: "  200 200 200 200             200 200             200      200 200 200 200",
    call: nothing,
  },
  "get-docs": {
    statuses: "  200 200 200 200             200 200             200      200 200 200 200",
    call: nothing,
  },
  "get-docs-file": {
    statuses: "  200 200 200 200             200 200             200      200 200 200 200",
    call: async () => ({ params: { file: "start.js" } }),
  },
  "list-providers": {
    // Anybody's; but who shows a token is told when it is none. One without a project is good for choosing one.
    statuses: "               200 200 200 200             200 200             200      200 401 401 401",
    call: nothing,
  },
  "list-servers": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
  },
  "get-quota": {
    statuses: "               200 200 200 422             422 422             403      401 401 401 401",
    call: async (the) => ({ query: { serverId: await the.server() } }),
  },

  "create-preflight": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: async (the) => ({ body: imageRequest({ serverId: await the.server() }) }),
  },
  "create-preflight, of a server that is being imaged": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: async (the) => ({ body: imageRequest({ serverId: await the.heldServer() }) }),
  },
  "create-image-request": {
    // Another project's server is a wrong field, as is one that never was.
    statuses: "               202 202 403 422             422 422             403      401 401 401 401",
    call: async (the) => ({ body: imageRequest({ serverId: await the.server() }) }),
    after: async (venue, { id }) => {
      await asOwner(venue, "cancel-image-request", { params: { id } });
      await venue.reach(id, "ended");
    },
  },
  "create-image-request, of a server that is being imaged": {
    statuses: "               409 409 403 422             422 422             403      401 401 401 401",
    call: async (the) => ({ body: imageRequest({ serverId: await the.heldServer() }) }),
  },
  "list-image-requests": {
    // Of the caller's own project: staff see what waits for them elsewhere.
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
  },
  "get-image-request": {
    statuses: "               200 200 200 200             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.finished() } }),
  },
  "get-timeline": {
    statuses: "               200 200 200 200             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.finished() } }),
  },
  "get-report": {
    statuses: "               200 200 200 200             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.finished() } }),
  },
  "get-request-audit": {
    statuses: "               200 200 200 200             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.finished() } }),
  },
  "list-approvals": {
    statuses: "               403 403 403 200             403 403             403      401 401 401 401",
    call: nothing,
  },
  "list-audit": {
    statuses: "               403 403 403 200             403 403             403      401 401 401 401",
    call: nothing,
  },
  "get-my-data": {
    // Everybody's own.
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
  },
  "take-cloud-events": {
    // No token is a signature.
    statuses: "               401 401 401 401             401 401             401      401 401 401 401",
    call: async (_the, venue) => ({ params: { provider: venue.provider }, body: [] }),
  },
  "take-cloud-events, with the bridge's secret": {
    statuses: "               202 202 202 202             202 202             202      202 202 202 202",
    call: async (_the, { provider }) => ({
      params: { provider },
      headers: { authorization: `Bearer ${eventSecret}` },
      body: [],
    }),
  },
  "take-cloud-events, with the bridge's secret for a cloud that is none": {
    statuses: "               401 401 401 401             401 401             401      401 401 401 401",
    call: async () => ({
      params: { provider: "elsewhere" },
      headers: { authorization: `Bearer ${eventSecret}` },
      body: [],
    }),
  },
  "take-portal-call": {
    statuses: "               401 401 401 401             401 401             401      401 401 401 401",
    call: async () => ({ params: { portal: "nightly" }, body: {} }),
  },
  "answer-image-request": {
    // What is in the image is for who asked for it to say.
    statuses: "               202 403 403 403             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.asking() }, body: { review: "accept" } }),
    spends: ["asking"],
  },
  "cancel-image-request": {
    statuses: "               202 202 403 202             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.waiting() }, body: { reason: "not needed" } }),
    spends: ["waiting"],
  },
  "decide-image-request": {
    statuses: "               403 403 403 200             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.waiting() }, body: { decision: "deny", reason: "not that path" } }),
    spends: ["waiting"],
  },

  // Webhooks are a project's own: staff see no other project's.
  "create-webhook": {
    statuses: "               201 201 403 201             201 201             403      401 401 401 401",
    call: async () => ({ body: webhook }),
  },
  "list-webhooks": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
  },
  "get-webhook": {
    statuses: "               200 200 200 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.webhook() } }),
  },
  "delete-webhook": {
    statuses: "               204 204 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.webhook() } }),
    spends: ["webhook"],
  },
  "replace-webhook-secret": {
    statuses: "               200 200 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.webhook() } }),
  },
  "test-webhook": {
    statuses: "               202 202 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.webhook() } }),
  },
  "list-webhook-deliveries": {
    statuses: "               200 200 200 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.webhook() } }),
  },

  // Images are shown by Glance's own rules: staff see no other project's private ones.
  "list-images": {
    statuses: "200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
  },
  "get-image": {
    statuses: "               200 200 200 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() } }),
  },
  "list-versions": {
    statuses: "               200 200 200 404             404 404             403      401 401 401 401",
    call: async (the) => ({ query: { name: await the.imageName(), owner: await the.ownersProject() } }),
  },

  "get-image, shared with the stranger's project": {
    statuses: "               200 200 200 404             200 200             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.invited() } }),
    parties: invitees,
  },
  "change-image": {
    statuses: "               200 200 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.brought() }, body: { description: "of the course" } }),
    spends: ["brought"],
  },
  "change-image, shared with the stranger's project": {
    statuses: "               200 200 403 404             403 403             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.invited() }, body: { visibility: "private" } }),
    spends: ["invited"],
    parties: invitees,
  },
  "delete-image": {
    statuses: "               204 204 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.brought() } }),
    spends: ["brought"],
  },
  "delete-image, shared with the stranger's project": {
    statuses: "               204 204 403 404             403 403             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.invited() } }),
    spends: ["invited"],
    parties: invitees,
  },

  // For anybody: no token is looked at but one in the body.
  "create-token": {
    statuses: "               201 201 201 201             201 201             201      201 201 201 201",
    call: async (_the, { stranger: user, password }) => ({ body: { method: "password", user, password } }),
  },
  "create-token, with a wrong password": {
    statuses: "               401 401 401 401             401 401             401      401 401 401 401",
    call: async () => ({ body: { method: "password", user: "nobody-at-all", password: "wrong" } }),
  },
  // Nobody signs in through an identity provider on this cloud.
  "start-websso": {
    statuses: "               404 404 404 404             404 404             404      404 404 404 404",
    call: async () => ({ query: { state: "kq3v9Tn0yPz4LwXb8sRdQg" } }),
  },
  "finish-websso": {
    statuses: "               400 400 400 400             400 400             400      400 400 400 400",
    call: nothing,
  },

  "list-members": {
    statuses: "               200 200 200 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.shared() } }),
  },
  "list-members, of whom the stranger's project is one": {
    statuses: "               200 200 200 404             200 200             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.invited() } }),
    parties: invitees,
  },
  "put-member": {
    statuses: "               200 200 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.shared(), project: await the.strangersProject() } }),
    spends: ["shared"],
  },
  "put-member, by a member": {
    statuses: "               200 200 403 404             403 403             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.invited(), project: await the.strangersProject() } }),
    spends: ["invited"],
    parties: invitees,
  },
  "create-member": {
    statuses: "               200 200 403 404             404 404             403      401 401 401 401",
    call: async (the, venue) => ({ params: { id: await the.shared() }, body: { user: venue.stranger } }),
    spends: ["shared"],
  },
  "delete-member": {
    statuses: "               204 204 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.shared(), project: await the.strangersProject() } }),
    spends: ["shared"],
  },
  "delete-member, by the member itself": {
    // It answers no to the invitation; who is a member is for the owner to say.
    statuses: "               204 204 403 404             403 403             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.invited(), project: await the.strangersProject() } }),
    spends: ["invited"],
    parties: invitees,
  },
  "list-invitations": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
    parties: invitees,
  },
  "answer-invitation": {
    // Nobody is invited to it.
    statuses: "               404 404 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { imageId: await the.shared() }, body: { status: "accepted" } }),
  },
  "answer-invitation, by a member": {
    statuses: "               404 404 403 404             200 200             403      401 401 401 401",
    call: async (the) => ({ params: { imageId: await the.invited() }, body: { status: "accepted" } }),
    spends: ["invited"],
    parties: invitees,
  },
  "ask-publicity": {
    statuses: "               200 200 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.brought() }, body: { reason: "a course" } }),
    spends: ["brought"],
  },
  "get-publicity": {
    statuses: "               200 200 200 200             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.toBePublic() } }),
  },
  "withdraw-publicity": {
    // Staff see the question, and answer it; to take it back is for who asked.
    statuses: "               204 204 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.toBePublic() } }),
    spends: ["toBePublic"],
  },
  "decide-publicity": {
    statuses: "               403 403 403 200             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.toBePublic() }, body: { decision: "deny", reason: "not yet" } }),
    spends: ["toBePublic"],
  },
  // Whose image it is says whether it stays; what is to go, and what went, is for staff.
  "keep-image": {
    statuses: "               200 200 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() } }),
  },
  "get-tidying-plan": {
    statuses: "               403 403 403 200             403 403             403      401 401 401 401",
    call: nothing,
  },
  "start-tidying-pass": {
    statuses: "               403 403 403 200             403 403             403      401 401 401 401",
    call: async () => ({ query: { dryRun: "true" } }),
  },
  "list-deletions": {
    statuses: "               403 403 403 200             403 403             403      401 401 401 401",
    call: nothing,
  },

  "get-my-data, of the owner": {
    statuses: "               200 403 403 200             403 403             403      401 401 401 401",
    call: async (the) => ({ query: { user: await the.owner() } }),
  },
  // The last: what is erased of the owner's things is the owner's name. Who is a reader now may have been more.
  "erase-my-data": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
  },
  "erase-my-data, of the owner": {
    statuses: "               200 403 403 200             403 403             403      401 401 401 401",
    call: async (the) => ({ query: { user: await the.owner() } }),
  },
};
