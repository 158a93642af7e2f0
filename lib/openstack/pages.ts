// Lists that come in pages, as one sequence.
import type * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import { OpenStackFault } from "./faults.ts";

const maxPages = 2_000;

/**
 * @param split takes a page apart: what is on it, and the link to the next one. Of the link only the query is used: Nova writes whole URLs with the name of
 * the host as it knows itself, often one that is not within our reach; Glance writes a path.
 */
export async function* itemsOf<P, T>(
  calls: Calls,
  ask: Ask,
  page: z.ZodType<P>,
  split: (page: P) => { items: T[]; next: string | undefined },
): AsyncGenerator<T, void, undefined> {
  const asked = new Set<string>();
  let query = ask.query ?? new URLSearchParams();
  for (;;) {
    asked.add(query.toString());
    const { body, requestId } = await calls.read({ ...ask, query }, page);
    const { items, next } = split(body);
    yield* items;
    if (next === undefined) return;
    query = new URL(next, "http://any.invalid").searchParams;
    if (asked.has(query.toString()) || asked.size >= maxPages) {
      const { service, method, path } = ask;
      const detail =
        asked.size >= maxPages ? `more than ${maxPages} pages` : "the pages of this list go round in circles";
      throw new OpenStackFault({ kind: "unexpectedShape", service, method, path, requestId, detail });
    }
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
