// The request that is still at work with an image: to it the image belongs until it has ended.
import type { Image } from "../openstack/index.ts";
import { type ImageRequest, isEnded } from "../requests/image-request.ts";
import { isImage } from "../requests/ledger-entry.ts";
import type { RequestStore } from "../requests/store.ts";
import { markProperty } from "../workflow/images.ts";
import { originOf } from "./origin.ts";

/** Undefined where there is none (any more). What the image says of itself is believed only where the request's ledger says the same. */
export async function liveRequestOf(
  store: Pick<RequestStore, "get">,
  provider: string,
  image: Image,
): Promise<ImageRequest | undefined> {
  const request = await requestOf(store, provider, image);
  return request && !isEnded(request) && holds(request, image) ? request : undefined;
}

/** The request that the image names; of its own project and provider. */
export async function requestOf(
  store: Pick<RequestStore, "get">,
  provider: string,
  image: Image,
): Promise<ImageRequest | undefined> {
  const id = image.properties.darkroom_request;
  if (id === undefined || !/^[0-9a-f-]{36}$/.test(id)) return undefined;
  const request = await store.get(id);
  return request?.provider === provider && request.projectId === image.owner ? request : undefined;
}

function holds({ ledger }: ImageRequest, image: Image): boolean {
  const mark = originOf(image) === "unfinished" ? image.properties[markProperty] : undefined;
  return ledger.some((entry) => isImage(entry) && (entry.thingId === image.id || entry.mark === mark));
}
