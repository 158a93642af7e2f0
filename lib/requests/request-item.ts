// The request's item in the table: its key, the attributes by which the indexes find it, and the request back out of it.
import { userKey } from "../audit/audit-store.ts";
import type { CursorOf } from "../aws/cursor.ts";
import type { Item } from "../aws/table.ts";
import { type ImageRequest, statusOf } from "./image-request.ts";

export function itemOf({ id, wakeAtMs, ...request }: ImageRequest): Item {
  return {
    ...request,
    id: key(id),
    projectKey: projectKey(request.provider, request.projectId),
    userKey: userKey(request.provider, request.requester.userId),
    lifeKey: liveKey(request.provider, request.projectId),
    lifeAt: request.createdAt,
    status: statusOf(request),
    wakeAt: wakeAtMs,
    wakeShard: wakeShard(id),
  };
}

/** Of an item of the table or of an index that holds whole items. */
export function requestOf(item: Item): ImageRequest {
  const { wakeAt, ...attributes } = item;
  const request = Object.fromEntries(Object.entries(attributes).filter(([name]) => !notOfRequest.has(name)));
  const id = item.id.slice(keyPrefix.length);
  return { ...request, id, ...(wakeAt !== undefined && { wakeAtMs: wakeAt }) } as unknown as ImageRequest;
}

/** Attributes of the item that are the indexes' and the outbox's. */
const notOfRequest: ReadonlySet<string> = new Set([
  "projectKey",
  "userKey",
  "lifeKey",
  "lifeAt",
  "approvalKey",
  "approvalSince",
  "wakeShard",
  "status",
  "listKey",
  "listOrder",
  "told",
]);

/** The item's key in the table. */
export function key(id: string): string {
  return `${keyPrefix}${id}`;
}

/** The request's id, of its item's. */
export function idOfKey(id: string): string {
  return id.slice(keyPrefix.length);
}

export function isRequestItem({ id }: Item): boolean {
  return id.startsWith(keyPrefix);
}

/** Live requests are spread over so many keys of the index by which the waker finds them. */
export const wakeShards = 4;

/** Ids are random or hashes: their first hex digits are spread evenly. */
export function wakeShard(id: string): string {
  return shardKey(Number.parseInt(id.slice(0, 4), 16) % wakeShards);
}

function projectKey(provider: string, projectId: string): string {
  return `${provider}#${projectId}`;
}

export function shardKey(shard: number): string {
  return `wake#${shard}`;
}

export function liveKey(provider: string, projectId: string): string {
  return `live#${projectKey(provider, projectId)}`;
}

/** In this list of the index byLife stand requests that have ended, by when their personal data are due to go. */
export const dueErasure = "due#erasure";

/** Of a request that has ended. */
export function erasureKeys(atMs: number) {
  return { lifeKey: dueErasure, lifeAt: new Date(atMs).toISOString() };
}

/** In the index `byList`: what must be told to somebody, by the time from which on it is overdue. */
export const dueNotices = "due#notices";

/** In the outbox, and overdue a little later than its poke should have arrived. Only the holder of a claim puts it there, only `allTold` takes it out. */
export function listed(nowMs: number) {
  return { listKey: dueNotices, listOrder: new Date(nowMs + pokedWithinMs).toISOString() };
}

/** Of the index byProject: a project's own, by when they came. */
export function projectList(provider: string, projectId: string): CursorOf {
  return {
    index: "byProject",
    hash: "projectKey",
    value: projectKey(provider, projectId),
    range: "createdAt",
    idPrefix: keyPrefix,
  };
}

const keyPrefix = "request#";
const pokedWithinMs = 60_000;
