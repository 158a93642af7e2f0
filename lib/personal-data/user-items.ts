// Everything of one user on one provider, newest first: requests and audit records stand in one index.

import type { AuditRecord } from "../audit/audit-record.ts";
import { isAuditItem, recordOf, userKey } from "../audit/audit-store.ts";
import { equals } from "../aws/condition.ts";
import { type CursorOf, readCursor, writeCursor } from "../aws/cursor.ts";
import type { Table } from "../aws/table.ts";
import { isPublicityItem, type Publicity, publicityOf } from "../images/publicity.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { isRequestItem, requestOf } from "../requests/request-item.ts";

export interface UserPage {
  readonly requests: readonly ImageRequest[];
  readonly records: readonly AuditRecord[];
  /** Whether images shall be public, as the user asked. */
  readonly publicity: readonly Publicity[];
  readonly cursor?: string;
}

/** Throws BadCursor. */
export async function pageOfUser(
  table: Table,
  { provider, userId, limit, cursor }: { provider: string; userId: string; limit: number; cursor?: string | undefined },
): Promise<UserPage> {
  const list: CursorOf = { index: "byUser", hash: "userKey", value: userKey(provider, userId), range: "createdAt" };
  const { items, next } = await table.query({
    index: list.index,
    key: equals(list.hash, list.value),
    limit,
    newestFirst: true,
    ...(cursor !== undefined && { after: readCursor(cursor, list) }),
  });
  return {
    requests: items.filter(isRequestItem).map(requestOf),
    records: items.filter(isAuditItem).map(recordOf),
    publicity: items.filter(isPublicityItem).map(publicityOf),
    ...(next && { cursor: writeCursor(next, list) }),
  };
}
