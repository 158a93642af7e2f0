// Lists of images: which, in what order, how many at a time.
import { own } from "../bodies.ts";
import type { Answer } from "../http.ts";
import type { ImageCall, ImageRoute } from "./call.ts";
import { imageView } from "./image-view.ts";
import type { ImageRecord } from "./records.ts";
import { refuse } from "./refusals.ts";
import { inDefaultList, isMember } from "./visibility.ts";

export const listRoutes: ImageRoute[] = [["GET", "/v2/images", listImages]];

const defaultLimit = 25;
const maxLimit = 1000;

type Filter = (image: ImageRecord) => boolean;

/** Pages of 25 where nothing is said; `next` is a path that begins with `/v2`, whatever stands before it in Glance's address. */
function listImages(call: ImageCall): Answer {
  const { core, request } = call;
  const limit = limitOf(request.query);
  const keep = [
    visibilityFilter(call),
    ...[...new Set(request.query.keys())].flatMap((name) => filtersFor(name, request.query.getAll(name))),
  ];
  const order = orderOf(request.query);
  const hiddenAsked = request.query.has("os_hidden");
  const all = Object.values(core.state.images)
    .filter((image) => (hiddenAsked || !image.hidden) && keep.every((filter) => filter(image)))
    .sort(order);
  const page = all.slice(afterMarker(call, all, order)).slice(0, limit);

  const kept = new URLSearchParams(request.query);
  kept.delete("marker");
  const path = (query: URLSearchParams) => (query.size > 0 ? `/v2/images?${query}` : "/v2/images");
  const next = new URLSearchParams(kept);
  next.set("marker", page.at(-1)?.id ?? "");
  return {
    status: 200,
    json: {
      images: page.map(imageView),
      first: path(kept),
      ...(page.length > 0 && page.length === limit && { next: path(next) }),
      schema: "/v2/schemas/images",
    },
  };
}

function limitOf(query: URLSearchParams): number {
  const limit = query.get("limit");
  if (limit === null) return defaultLimit;
  if (!/^-?\d+$/.test(limit)) throw refuse(400, "limit param must be an integer");
  if (Number(limit) < 0) throw refuse(400, "limit param must be positive");
  return Math.min(maxLimit, Number(limit));
}

const visibilities = ["public", "private", "shared", "community", "all"];
const memberStatuses = ["pending", "accepted", "rejected", "all"];

/** Community images of others are listed only where they are asked for; shared ones only to members with the status asked for (measured on Zed). */
function visibilityFilter({ request, viewer }: ImageCall): Filter {
  const visibility = request.query.get("visibility");
  const memberStatus = request.query.get("member_status") ?? "accepted";
  if (visibility !== null && !visibilities.includes(visibility))
    throw refuse(400, `Invalid visibility value: ${visibility}`);
  if (!memberStatuses.includes(memberStatus)) throw refuse(400, `Invalid status: ${memberStatus}`);
  const own = (image: ImageRecord) => viewer.isAdmin || image.owner === viewer.projectId;
  if (visibility === null) return (image) => inDefaultList(image, viewer, memberStatus);
  if (visibility === "all")
    return (image) => image.visibility === "community" || inDefaultList(image, viewer, memberStatus);
  return (image) => {
    if (image.visibility !== visibility) return false;
    return visibility === "public" || visibility === "community" || own(image) || isMember(image, viewer, memberStatus);
  };
}

const notFilters = new Set(["limit", "marker", "sort", "sort_key", "sort_dir", "visibility", "member_status"]);

/** `in:a,b` and `eq:a` are understood for these. */
const several: Record<string, (image: ImageRecord) => string | null> = {
  name: ({ name }) => name,
  id: ({ id }) => id,
  status: ({ status }) => status,
  container_format: ({ containerFormat }) => containerFormat,
  disk_format: ({ diskFormat }) => diskFormat,
};

const exact: Record<string, (image: ImageRecord) => unknown> = {
  owner: ({ owner }) => owner,
  checksum: ({ checksum }) => checksum,
  os_hash_value: ({ hashValue }) => hashValue,
  os_hash_algo: ({ hashValue }) => (hashValue === null ? null : "sha512"),
  min_ram: ({ minRamMib }) => minRamMib,
  min_disk: ({ minDiskGib }) => minDiskGib,
  size: ({ sizeBytes }) => sizeBytes,
};

function filtersFor(name: string, values: string[]): Filter[] {
  if (notFilters.has(name)) return [];
  if (name === "tag") return [(image) => values.every((tag) => image.tags.includes(tag))];
  const [value = ""] = values;
  if (name === "os_hidden") return [equals(({ hidden }) => hidden, yesOrNo(name, value))];
  if (name === "protected") return [equals((image) => image.protected, yesOrNo(name, value))];
  if (name === "size_min") return [atLeast(value)];
  if (name === "size_max") return [(image) => !atLeast(String(Number(value) + 1))(image)];
  if (name === "created_at") return [timeFilter(name, value, ({ createdAt }) => createdAt)];
  if (name === "updated_at") return [timeFilter(name, value, ({ updatedAt }) => updatedAt)];
  const one = own(several, name);
  if (one) {
    const wanted = textsIn(value);
    return [(image) => wanted.includes(one(image) ?? "")];
  }
  const attribute = own(exact, name);
  if (attribute) return [(image) => String(attribute(image)) === value];
  return [(image) => own(image.properties, name) === value];
}

/**
 * What stands before the first colon is an operator, `in` or `eq`, any other 400; but for a time as a whole (glance/common/utils.py, split_filter_op). A text in
 * quotes may hold commas and colons (split_filter_value_for_quotes).
 */
function textsIn(value: string): string[] {
  const colon = value.indexOf(":");
  if (colon < 0 || /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return [value];
  const [operator, rest] = [value.slice(0, colon), value.slice(colon + 1)];
  if (operator === "eq") return [rest];
  if (operator !== "in") throw refuse(400, `Unable to filter by unknown operator '${operator}'.`);
  return [...rest.matchAll(/"([^"]*)"|([^,"]+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

const equals =
  (attribute: (image: ImageRecord) => boolean, wanted: boolean): Filter =>
  (image) =>
    attribute(image) === wanted;

function yesOrNo(name: string, value: string): boolean {
  const lower = value.toLowerCase();
  if (lower !== "true" && lower !== "false") {
    throw refuse(400, `Invalid value '${value}' for '${name}' filter. Valid values are 'true' or 'false'.`);
  }
  return lower === "true";
}

function atLeast(value: string): Filter {
  if (!/^\d+$/.test(value)) throw refuse(400, "Unable to filter on a range with a non-numeric value.");
  return ({ sizeBytes }) => sizeBytes !== null && sizeBytes >= Number(value);
}

function timeFilter(name: string, value: string, timeOf: (image: ImageRecord) => number): Filter {
  const [, operator = "eq", text = ""] = /^(?:(gte|gt|lte|lt|eq|neq):)?(.*)$/.exec(value) ?? [];
  const wanted = Date.parse(text);
  if (Number.isNaN(wanted)) throw refuse(400, `Bad "${name}" query filter format. Use ISO 8601 DateTime notation.`);
  const compare: Record<string, (time: number) => boolean> = {
    gt: (time) => time > wanted,
    gte: (time) => time >= wanted,
    lt: (time) => time < wanted,
    lte: (time) => time <= wanted,
    eq: (time) => time === wanted,
    neq: (time) => time !== wanted,
  };
  return (image) => compare[operator]?.(Math.floor(timeOf(image) / 1000) * 1000) ?? false;
}

const sortKeys: Record<string, (image: ImageRecord) => string | number> = {
  name: ({ name }) => name ?? "",
  status: ({ status }) => status,
  container_format: ({ containerFormat }) => containerFormat ?? "",
  disk_format: ({ diskFormat }) => diskFormat ?? "",
  size: ({ sizeBytes }) => sizeBytes ?? -1,
  id: ({ id }) => id,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
};

type Order = (a: ImageRecord, b: ImageRecord) => number;

/** `sort=name:asc,size` or pairs of `sort_key` and `sort_dir`; downwards where nothing is said; the newest first among equals. */
function orderOf(query: URLSearchParams): Order {
  const given = query.get("sort");
  const directions = query.getAll("sort_dir");
  const wanted =
    given !== null
      ? given.split(",").map((part) => part.trim().split(":"))
      : query.getAll("sort_key").map((key, index) => [key, directions[index] ?? directions[0] ?? "desc"]);
  if (wanted.length === 0) wanted.push(["created_at", directions[0] ?? "desc"]);
  const orders = wanted.map(([key = "", direction = "desc"]): Order => {
    const value = own(sortKeys, key);
    if (!value)
      throw refuse(
        400,
        `Invalid sort key: ${key}. It must be one of the following: ${Object.keys(sortKeys).join(", ")}.`,
      );
    if (direction !== "asc" && direction !== "desc") throw refuse(400, `Invalid sort direction: ${direction}`);
    return (a, b) => (direction === "asc" ? 1 : -1) * compare(value(a), value(b));
  });
  return (a, b) => orders.reduce((decided, order) => decided || order(a, b), 0) || b.sequence - a.sequence;
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

function afterMarker({ core, request }: ImageCall, sorted: ImageRecord[], order: Order): number {
  const marker = request.query.get("marker");
  if (marker === null) return 0;
  const image = own(core.state.images, marker);
  if (!image) throw refuse(400, `No image found with ID ${marker}`);
  const next = sorted.findIndex((one) => order(one, image) > 0);
  return next < 0 ? sorted.length : next;
}
