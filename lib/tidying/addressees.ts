// Who can be told of an image: whoever made it, by mail, and its project's webhooks.
import { log } from "../log.ts";
import { isPlainAddress } from "../notify/contact-address.ts";
import { openEndpointStore } from "../notify/endpoint-store.ts";
import type { Notice, NoticeKind } from "../notify/notice.ts";
import { type Cloud, type Image, OpenStackFault, type User } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { Runtime } from "../runtime.ts";
import { remembered } from "./remembered.ts";

export interface Addressees {
  readonly recipient?: NonNullable<Notice["recipient"]>;
  /** Does an endpoint of its project want to hear this? */
  readonly webhooks: boolean;
}

export type FindAddressees = (image: Image, kind: NoticeKind) => Promise<Addressees>;

/**
 * For one run: what was looked up for one image is not asked again for the next. People are looked up by `directoryCloud`, else by `staffCloud`; without either, or where it may not look,
 * only the address counts that a requester left. An image without an owner has nobody to be told. The cloud's faults are thrown where it is away: not knowing is not "nobody".
 */
export function openAddressees(
  { store, table }: Pick<Runtime, "store" | "table">,
  provider: Pick<Provider, "name" | "policy" | "directory" | "staff">,
  bounded: (cloud: Cloud) => Cloud,
): FindAddressees {
  const eyes = provider.directory ?? provider.staff;
  const directory = eyes && bounded(eyes).directory;
  const endpoints = openEndpointStore(table);
  const endpointsOf = remembered((projectId) => endpoints.ofProject(provider.name, projectId));
  const person = remembered((userId) => looked(userId, async () => directory?.getUser(userId)));
  const projectsOf = remembered((userId) => looked(userId, async () => directory?.projectsOfUser(userId)));
  const isIn = async (userId: string, projectId: string) =>
    (await projectsOf(userId))?.some(({ id }) => id === projectId) === true;

  const recipientOf = async (image: Image, owner: string): Promise<Addressees["recipient"]> => {
    if (!provider.policy.mailFrom) return undefined;
    const request = await requestOf(image, provider.name, store);
    const userId = makerOf(image, request);
    if (userId === undefined) return undefined;
    const asked = request?.requester.userId === userId ? request : undefined;
    const user = await person(userId);
    if (user === null || user?.enabled === false) return undefined;
    if (user?.email !== undefined && isPlainAddress(user.email)) {
      // Anybody may write anybody's id on their image: nobody is sent word of a project that is not theirs.
      const isTheirs = asked !== undefined || (await isIn(userId, owner));
      return isTheirs ? { address: user.email, name: user.name } : undefined;
    }
    if (asked?.contactAddress === undefined) return undefined;
    return { address: asked.contactAddress, name: asked.requester.userName };
  };

  return async (image, kind) => {
    const { owner } = image;
    if (owner === null) return { webhooks: false };
    const webhooks = (await endpointsOf(owner)).some(
      ({ disabled, types }) => !disabled && (types.length === 0 || types.includes(kind)),
    );
    const recipient = await recipientOf(image, owner);
    return { webhooks, ...(recipient && { recipient }) };
  };
}

/** The request that it names, where that is of the image's own project. */
async function requestOf({ owner, properties }: Image, provider: string, store: Runtime["store"]) {
  const id = properties.darkroom_request;
  const request = id === undefined ? undefined : await store.get(id);
  return request?.provider === provider && request.projectId === owner ? request : undefined;
}

/**
 * Who asked for this very image; else whom Nova wrote on its snapshot (nova/compute/api.py, _create_image), which may bear a copy of the request's id that was on what its
 * server was booted from; else who asked for the request that it names.
 */
function makerOf({ id, properties }: Image, request: ImageRequest | undefined): string | undefined {
  if (request?.learned.publish?.imageId === id) return request.requester.userId;
  return properties.user_id ?? request?.requester.userId;
}

/** `null`: there is no such user. `undefined`: nobody can look. */
async function looked<Found extends User | readonly unknown[]>(
  userId: string,
  ask: () => Promise<Found | undefined>,
): Promise<Found | null | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    if (error.kind === "notFound" || error.kind === "badRequest") return null;
    if (!["forbidden", "credentialRevoked", "unexpectedShape"].includes(error.kind)) throw error;
    log.warn("the owner of an image cannot be looked up", { userId, fault: error.message });
    return undefined;
  }
}
