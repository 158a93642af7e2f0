// What waits for a decision of a provider's staff, oldest first: image requests, and images that are to be public.
import { equals } from "../aws/condition.ts";
import { type CursorOf, readCursor, writeCursor } from "../aws/cursor.ts";
import type { Item, Table } from "../aws/table.ts";
import { type Publicity, publicityOf } from "../images/publicity.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { isRequestItem, requestOf } from "../requests/request-item.ts";

export type Waiting = { readonly since: string } & (
  | { readonly kind: "image-request"; readonly request: ImageRequest }
  | { readonly kind: "public-image"; readonly question: Publicity }
);

/** One page; the index may be behind the table by moments. Throws BadCursor. */
export async function listWaiting(
  table: Table,
  { provider, limit, cursor }: { provider: string; limit: number; cursor?: string | undefined },
): Promise<{ waiting: Waiting[]; cursor?: string }> {
  const list: CursorOf = { index: "byApproval", hash: "approvalKey", value: provider, range: "approvalSince" };
  const { items, next } = await table.query({
    index: list.index,
    key: equals(list.hash, list.value),
    limit,
    ...(cursor !== undefined && { after: readCursor(cursor, list) }),
  });
  const waiting = items.map(waitingOf);
  return next ? { waiting, cursor: writeCursor(next, list) } : { waiting };
}

function waitingOf(item: Item): Waiting {
  const since = String(item.approvalSince);
  return isRequestItem(item)
    ? { kind: "image-request", since, request: requestOf(item) }
    : { kind: "public-image", since, question: publicityOf(item) };
}
