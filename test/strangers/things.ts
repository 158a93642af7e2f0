// What the owner has, that others call for: each thing made when a row first needs it, through Darkroom's own door.
import { randomBytes } from "node:crypto";
import { deleteUploaded, uploadImage } from "./uploaded-image.ts";
import type { Input, Venue } from "./venue.ts";

export interface Thing {
  readonly id: string;
  /** After an accepted call has used it up: gives back what it still holds. */
  end?(): Promise<void>;
}

/** `fresh`: one of its own, for a call that uses it up; else the one that all rows share. `the`: what is shared. */
type Make = (venue: Venue, fresh: boolean, the: The) => Promise<Thing>;

export type Kind =
  | "server"
  | "waiting"
  | "heldServer"
  | "asking"
  | "finished"
  | "image"
  | "imageName"
  | "brought"
  | "shared"
  | "invited"
  | "toBePublic"
  | "owner"
  | "webhook"
  | "ownersProject"
  | "strangersProject";
export type The = { readonly [kind in Kind]: () => Promise<string> };

export const makers: Record<Kind, Make> = {
  /** A server that no request is about. */
  server: async (venue) => ({ id: await venue.server("free") }),
  /** A request that waits for staff. */
  waiting: async (venue, fresh) => {
    const serverId = await venue.server(fresh ? "free" : "waiting");
    const keepPaths = [{ path: "/srv/course", reason: "the course" }];
    return await ask(venue, { serverId, keepPaths }, "awaiting-approval");
  },
  /** A server that a request is about. */
  heldServer: async (venue, _fresh, the) => {
    await the.waiting();
    return { id: await venue.server("waiting") };
  },
  /** A request that asks its requester to try the image. */
  asking: async (venue, fresh) =>
    await ask(venue, { serverId: await venue.server(fresh ? "free" : "asking"), review: true }, "asking"),
  /** A request that ended well: its image is there, and private. */
  finished: async (venue) => {
    const name = `tool ${randomBytes(6).toString("hex")}`;
    return await ask(venue, { serverId: await venue.server("finished"), name }, "completed");
  },
  image: async (venue, _fresh, the) => ({ id: (await finishedImage(venue, the)).id }),
  imageName: async (venue, _fresh, the) => ({ id: (await finishedImage(venue, the)).name }),
  /** An image that was uploaded, private. */
  brought: async (venue) => uploaded(venue, await uploadImage(venue)),
  /** One that is shared, so far with nobody. */
  shared: async (venue) => uploaded(venue, await uploadImage(venue, { visibility: "shared" })),
  /** One that is shared with the stranger's project, which has not answered. */
  invited: async (venue) => {
    const member = await venue.project("stranger");
    return uploaded(venue, await uploadImage(venue, { visibility: "shared", member }));
  },
  /** One that staff are asked to make public. */
  toBePublic: async (venue) => {
    const id = await uploadImage(venue);
    await asOwner(venue, "ask-publicity", { params: { id }, body: { reason: "a course" } });
    return uploaded(venue, id);
  },
  owner: async (venue) => ({ id: await venue.owner() }),
  /** An endpoint of the owner's project; to an address that nobody calls. */
  webhook: async (venue) => await asOwner(venue, "create-webhook", { body: webhook }),
  ownersProject: async (venue) => ({ id: await venue.project("owner") }),
  strangersProject: async (venue) => ({ id: await venue.project("stranger") }),
};

const uploaded = (venue: Venue, id: string): Thing => ({ id, end: () => deleteUploaded(venue, id) });

async function finishedImage(venue: Venue, the: The): Promise<{ id: string; name: string }> {
  return (await asOwner(venue, "get-image-request", { params: { id: await the.finished() } })).image;
}

export const webhook = { url: "https://93.184.216.34/hook" };

let asked = 0;

/** Live: with a snapshot of a running server nothing waits for a guest that obeys. */
export function imageRequest(more: Record<string, unknown>) {
  asked += 1;
  return {
    name: `of the owner ${asked}`,
    licenseAcknowledged: true,
    preparation: "as-is",
    consistency: "live",
    ...more,
  };
}

async function ask(
  venue: Venue,
  more: Record<string, unknown>,
  status: "awaiting-approval" | "asking" | "completed",
): Promise<Thing> {
  const { id } = await asOwner(venue, "create-image-request", { body: imageRequest(more) });
  await venue.reach(id, status);
  return { id, end: () => venue.reach(id, "ended") };
}

/** What the owner is answered; throws where it is a refusal. */
export async function asOwner(venue: Venue, operation: string, input: Input) {
  const { status, body } = await venue.call(operation, await venue.token("owner"), input);
  if (status >= 300) throw new Error(`the owner's ${operation} was refused: ${status} ${JSON.stringify(body)}`);
  return body;
}
