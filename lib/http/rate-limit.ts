// How often somebody may do something: tries counted in the table, in windows that end by themselves.
import { createHash } from "node:crypto";
import { and, below, equals } from "../aws/condition.ts";
import type { Item, Table } from "../aws/table.ts";

export interface RateLimits {
  /**
   * Counts one try against `key`, of which `limit` are free in every window of `windowMs`. `retryAfterSeconds`, from 1 on, is set where it is one too
   * many; such a try is not counted and writes nothing. The key may be a person's: only its hash is stored.
   */
  allow(key: string, limit: number, windowMs: number): Promise<{ retryAfterSeconds?: number }>;
  /** Deletes windows that have ended, the oldest first, of `limit` that the index lists, in whole pages; how many went. */
  sweep(limit: number): Promise<number>;
}

/** What is counted until its window ends. */
type Window = Item & { readonly count: number; readonly endsMs: number };

/** So many others may come between the look and the write; who meets more comes too often by any measure. */
const maxTries = 8;
/** So many are deleted beside one another. */
const pageSize = 25;

export function openRateLimits(table: Table, clock: { now(): number }): RateLimits {
  return {
    async allow(key, limit, windowMs) {
      const id = `rate#${createHash("sha256").update(key).digest("base64url")}`;
      for (let tries = 0; tries < maxTries; tries++) {
        const nowMs = clock.now();
        const window = (await table.get(id)) as Window | undefined;
        if (!window) {
          if (await table.putNew({ id, ...begun(nowMs, windowMs) })) return {};
        } else if (window.endsMs <= nowMs) {
          if (await table.update(id, begun(nowMs, windowMs), sameAs(window))) return {};
        } else if (window.count >= limit) {
          return { retryAfterSeconds: Math.max(1, Math.ceil((window.endsMs - nowMs) / 1000)) };
        } else if (await table.update(id, { count: window.count + 1 }, sameAs(window))) {
          return {};
        }
      }
      return { retryAfterSeconds: 1 };
    },

    async sweep(limit) {
      const key = and(equals("listKey", endedList), below("listOrder", new Date(clock.now()).toISOString()));
      let swept = 0;
      // From page to page: the index may still list what was deleted a moment ago. One that was begun anew meanwhile stays.
      for (let after: Record<string, unknown> | undefined, seen = 0; seen < limit; ) {
        const page = await table.query({ index: "byList", key, limit: pageSize, ...(after && { after }) });
        const gone = (page.items as readonly Window[]).map((window) => table.delete(window.id, sameAs(window)));
        swept += (await Promise.all(gone)).filter(Boolean).length;
        seen += page.items.length;
        after = page.next;
        if (!after) break;
      }
      return swept;
    },
  };
}

const endedList = "due#rates";

/** `listKey` and `listOrder`: by them windows that have ended are found and swept away. */
function begun(nowMs: number, windowMs: number) {
  const endsMs = nowMs + windowMs;
  return { count: 1, endsMs, listKey: endedList, listOrder: new Date(endsMs).toISOString() };
}

function sameAs({ count, endsMs }: Window) {
  return and(equals("count", count), equals("endsMs", endsMs));
}
