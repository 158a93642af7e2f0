// Where audit records live: items of their own, only ever added; the one change is that a user's name is taken out.
import { and, between, equals, present } from "../aws/condition.ts";
import { type CursorOf, readCursor, writeCursor } from "../aws/cursor.ts";
import type { Item, Table } from "../aws/table.ts";
import type { About, AuditRecord } from "./audit-record.ts";

export interface AuditStore {
  /** Throws where it cannot be written. */
  add(record: AuditRecord): Promise<void>;
  /** Newest first, of one provider. Throws BadCursor. */
  all(page: AuditPage): Promise<AuditListed>;
  /** Oldest first, about one thing. */
  about(about: About, page: AuditPage): Promise<AuditListed>;
  /** Newest first, what one user did. Pages may be short: a user's requests stand in the same index. */
  byUser(userId: string, page: AuditPage): Promise<AuditListed>;
  /** Takes the name out; false where there is no such record. */
  withoutName(id: string): Promise<boolean>;
}

export interface AuditPage {
  readonly provider: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** ISO times, both included. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export interface AuditListed {
  readonly records: readonly AuditRecord[];
  readonly cursor?: string;
}

export function openAuditStore(table: Table): AuditStore {
  const list = async (keys: CursorOf, page: AuditPage, newestFirst: boolean): Promise<AuditListed> => {
    const { items, next } = await table.query({
      index: keys.index,
      key: and(equals(keys.hash, keys.value), between(keys.range, page.from ?? "0", page.until ?? "9")),
      limit: page.limit,
      newestFirst,
      ...(page.cursor && { after: readCursor(page.cursor, keys) }),
    });
    const records = items.filter(({ id }) => id.startsWith(keyPrefix)).map(recordOf);
    return next ? { records, cursor: writeCursor(next, keys) } : { records };
  };
  return {
    async add(record) {
      const { id, provider, at, actor, about } = record;
      const added = await table.putNew({
        ...record,
        id: key(id),
        listKey: allKey(provider),
        listOrder: at,
        userKey: userKey(provider, actor.userId),
        createdAt: at,
        ...(about && { projectKey: aboutKey(provider, about) }),
      });
      if (!added) throw new Error(`audit record ${id} is there already`);
    },
    all: (page) =>
      list({ index: "byList", hash: "listKey", value: allKey(page.provider), range: "listOrder" }, page, true),
    about: (about, page) =>
      list(
        { index: "byProject", hash: "projectKey", value: aboutKey(page.provider, about), range: "createdAt" },
        page,
        false,
      ),
    byUser: (userId, page) =>
      list({ index: "byUser", hash: "userKey", value: userKey(page.provider, userId), range: "createdAt" }, page, true),
    async withoutName(id) {
      const item = await table.get(key(id));
      if (!item) return false;
      const { userName: _, ...actor } = item.actor as AuditRecord["actor"];
      return (await table.update(key(id), { actor }, and(present("id"), present("actor")))) !== undefined;
    },
  };
}

/** Requests and audit records of one user, in one index. */
export function userKey(provider: string, userId: string): string {
  return `${provider}#${userId}`;
}

/** Of an item of the table. */
export function recordOf(item: Item): AuditRecord {
  const { listKey: _list, listOrder: _order, userKey: _user, createdAt: _at, projectKey: _about, ...record } = item;
  return { ...record, id: item.id.slice(keyPrefix.length) } as unknown as AuditRecord;
}

export function isAuditItem({ id }: Item): boolean {
  return id.startsWith(keyPrefix);
}

const keyPrefix = "audit#";

function key(id: string): string {
  return `${keyPrefix}${id}`;
}

function allKey(provider: string): string {
  return `audit#${provider}`;
}

function aboutKey(provider: string, { kind, id }: About): string {
  return `audit#${provider}#${kind}#${id}`;
}
