// Who is answered what: one row for every operation; a new operation needs its row before its tests are green.
import { asOwner, imageRequest, type Kind, type The } from "./things.ts";
import type { Input, Venue } from "./venue.ts";

export interface Row {
  /** One for each caller, in the order of callers.ts. */
  readonly statuses: string;
  /** A call that is good but for who makes it. */
  call(the: The): Promise<Input>;
  /** What an accepted call uses up: every accepted call then gets one of its own. */
  readonly spends?: readonly Kind[];
  /** Brings to an end what an accepted call began. `body`: its answer. */
  // biome-ignore lint/suspicious/noExplicitAny: what was answered
  after?(venue: Venue, body: any): Promise<void>;
}

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
    statuses: "200 200 200 200           200 200             200      200 200 200 200",
    call: nothing,
  },

  "create-preflight": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: async (the) => ({ body: imageRequest({ serverId: await the.server() }) }),
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
  "take-cloud-events": {
    // No token is a signature.
    statuses: "               401 401 401 401             401 401             401      401 401 401 401",
    call: async () => ({ params: { provider: "simulated" }, body: [] }),
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

  // The image is private: it must be shared first, and nobody is invited to it.
  "list-members": {
    statuses: "               200 200 200 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() } }),
  },
  "put-member": {
    statuses: "               409 409 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image(), project: "5f1f3a0a9a7b4f5c8d1e2f3a4b5c6d7e" } }),
  },
  "create-member": {
    statuses: "               409 409 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() }, body: { user: "bob" } }),
  },
  "delete-member": {
    statuses: "               204 204 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image(), project: "5f1f3a0a9a7b4f5c8d1e2f3a4b5c6d7e" } }),
  },
  "list-invitations": {
    statuses: "               200 200 200 200             200 200             403      401 401 401 401",
    call: nothing,
  },
  "answer-invitation": {
    statuses: "               404 404 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { imageId: await the.image() }, body: { status: "accepted" } }),
  },
  // Nothing is public on this provider, so nobody has asked.
  "ask-publicity": {
    statuses: "               403 403 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() } }),
  },
  "get-publicity": {
    statuses: "               404 404 404 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() } }),
  },
  "withdraw-publicity": {
    statuses: "               404 404 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() } }),
  },
  "decide-publicity": {
    statuses: "               404 404 403 404             404 404             403      401 401 401 401",
    call: async (the) => ({ params: { id: await the.image() }, body: { decision: "approve", reason: "a course" } }),
  },
};
