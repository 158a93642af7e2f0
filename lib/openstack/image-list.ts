// Reading many images, and leaving out what was not asked for.
import * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import type { MemberStatus } from "./image-members.ts";
import { type Image, imageRecord, type Visibility } from "./image-record.ts";
import { itemsOf } from "./pages.ts";

/**
 * By itself Glance lists the public images, the project's own and those shared with it and accepted; not community images, and not hidden ones.
 */
export interface ImageFilter {
  owner?: string | undefined;
  name?: string | undefined;
  /** "all" includes community images. */
  visibility?: Visibility | "all" | undefined;
  status?: string | undefined;
  /** Images that have all of them. */
  tags?: string[] | undefined;
  /** With `visibility: "shared"`: images shared with us that we answered so. */
  memberStatus?: MemberStatus | "all" | undefined;
  /** True: only hidden ones. */
  hidden?: boolean | undefined;
  /** Any property, by its exact value; for plain members too (measured on Zed). */
  properties?: Record<string, string> | undefined;
  /** Images a page, at most 1000; Glance's own default is 25. */
  pageSize?: number | undefined;
  /** The oldest first, so that what is made meanwhile comes last; else the newest. */
  oldestFirst?: boolean | undefined;
}

export async function* listImages(calls: Calls, filter: ImageFilter = {}): AsyncGenerator<Image, void, undefined> {
  const ask: Ask = { service: "image", method: "GET", path: "/images", query: queryOf(filter) };
  for await (const image of itemsOf(calls, ask, page, ({ images, next }) => ({ items: images, next }))) {
    if (isWanted(image, filter)) yield image;
  }
}

/** One page of it, for who must stop and go on later. */
export interface ImagePage {
  /** Those of the page that were asked for. */
  images: Image[];
  /** The `marker` of the page after it; that page may turn out to be empty. Undefined on the last. */
  next: string | undefined;
}

/**
 * After the image `marker`. Glance looks for that image with the caller's own rights: one that is gone, or not for the caller to see, is `badRequest`
 * (glance/api/v2/images.py, ImagesController.index).
 */
export async function imagePage(calls: Calls, filter: ImageFilter, marker?: string): Promise<ImagePage> {
  const query = queryOf(filter);
  if (marker !== undefined) query.set("marker", marker);
  const { body } = await calls.read({ service: "image", method: "GET", path: "/images", query }, page);
  const next = body.next === undefined ? null : new URL(body.next, "http://any.invalid").searchParams.get("marker");
  return { images: body.images.filter((image) => isWanted(image, filter)), next: next || undefined };
}

const page = z.looseObject({ images: z.array(imageRecord), next: z.string().optional() });

function queryOf(filter: ImageFilter): URLSearchParams {
  const query = new URLSearchParams(filter.properties);
  if (filter.owner !== undefined) query.set("owner", filter.owner);
  const name = literal(filter.name);
  if (name !== undefined) query.set("name", name);
  if (filter.visibility !== undefined) query.set("visibility", filter.visibility);
  if (filter.status !== undefined) query.set("status", filter.status);
  for (const tag of filter.tags ?? []) query.append("tag", tag);
  if (filter.memberStatus !== undefined) query.set("member_status", filter.memberStatus);
  if (filter.hidden !== undefined) query.set("os_hidden", String(filter.hidden));
  if (filter.oldestFirst) query.set("sort", "created_at:asc");
  query.set("limit", String(filter.pageSize ?? 200));
  return query;
}

/**
 * What stands before a colon is an operator to Glance (glance/common/utils.py, split_filter_op): `debian:12` as it is would be 400 `Unable to filter by unknown
 * operator 'debian'`. A list of one, in quotes, is that very name; but quotes and backslashes inside are not unescaped again
 * (split_filter_value_for_quotes), so such a name is found by comparing only.
 */
function literal(name: string | undefined): string | undefined {
  if (name === undefined || !name.includes(":")) return name;
  return /["\\]/.test(name) ? undefined : `in:"${name}"`;
}

/** A list proves nothing by itself: a cloud that does not grant a filter may drop it silently. */
function isWanted(image: Image, filter: ImageFilter): boolean {
  return (
    (filter.owner === undefined || image.owner === filter.owner) &&
    (filter.name === undefined || image.name === filter.name) &&
    (filter.visibility === undefined || filter.visibility === "all" || image.visibility === filter.visibility) &&
    (filter.status === undefined || image.status === filter.status) &&
    (filter.hidden === undefined || image.hidden === filter.hidden) &&
    (filter.tags ?? []).every((tag) => image.tags.includes(tag)) &&
    Object.entries(filter.properties ?? {}).every(([key, value]) => image.properties[key] === value)
  );
}
