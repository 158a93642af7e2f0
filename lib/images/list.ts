// A page of Glance's catalogue, filtered; no copy of it is kept.
import type { ImageListQuery } from "../../events/image-list.ts";
import { refuseLostMarker } from "../http/cursor.ts";
import type { Cloud, Image, ImageFilter } from "../openstack/index.ts";
import { originOf } from "./origin.ts";

/** So many images are looked at for one answer, where Glance cannot filter by itself: sixteen calls. */
export const maxLookedAt = 400;
/** Images a call: each may bring some 250 KB of provenance, and an answer of a cloud is read up to 8 MiB. */
const maxPageSize = 25;

export interface FoundImages {
  readonly images: Image[];
  /** The id of the image after which the next page begins; undefined on the last. A page may be short, even empty, and yet not the last. */
  readonly next: string | undefined;
}

/** With the caller's own authority. `marker`: the last image that was looked at. Throws 422 where that one is gone. */
export async function findImages(
  cloud: Cloud,
  projectId: string,
  query: Omit<ImageListQuery, "cursor">,
  marker?: string,
): Promise<FoundImages> {
  const images: Image[] = [];
  let after = marker;
  for (let lookedAt = 0; lookedAt < maxLookedAt; ) {
    const pageSize = Math.min(maxPageSize, isAllGlances(query) ? query.limit - images.length : maxPageSize);
    const filter = { ...filterOf(query, projectId), pageSize };
    const page = await cloud.image.imagePage(filter, after).catch((fault) => refuseLostMarker(fault, marker && after));
    for (const [at, image] of page.images.entries()) {
      if (!isWanted(image, query, projectId)) continue;
      images.push(image);
      if (images.length < query.limit) continue;
      const isLast = page.next === undefined && at === page.images.length - 1;
      return { images, next: isLast ? undefined : image.id };
    }
    if (page.next === undefined) return { images, next: undefined };
    lookedAt += pageSize;
    after = page.next;
  }
  return { images, next: after };
}

/** Can Glance filter by all of it? Then no page is read in vain. */
function isAllGlances({ scope, text }: Pick<ImageListQuery, "scope" | "text">): boolean {
  return text === undefined && scope !== "shared-with-me";
}

function filterOf({ scope, name, tag, status, version, hidden }: Omit<ImageListQuery, "cursor">, projectId: string) {
  const filter: ImageFilter = { name, status, hidden, tags: tag };
  if (version !== undefined) filter.properties = { darkroom_version: version };
  switch (scope) {
    case "mine":
      return { ...filter, owner: projectId, visibility: "all" as const };
    case "shared-with-me":
      return { ...filter, visibility: "shared" as const, memberStatus: "accepted" as const };
    default:
      return { ...filter, visibility: scope };
  }
}

function isWanted(
  image: Image,
  { scope, text, version }: Pick<ImageListQuery, "scope" | "text" | "version">,
  projectId: string,
): boolean {
  // Glance lists the project's own shared images among those shared with it.
  if (scope === "shared-with-me" && image.owner === projectId) return false;
  // Inherited from the image that a snapshot's server was booted from, it is no version of it.
  if (version !== undefined && originOf(image) !== "published") return false;
  return text === undefined || textsOf(image).some((each) => each.includes(folded(text)));
}

function textsOf({ name, properties, tags }: Image): string[] {
  return [name ?? "", properties.description ?? "", ...tags].map(folded);
}

function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
