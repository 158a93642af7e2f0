// Cursors of pages: opaque to callers, and good only for the list that gave them out.

/** One list of one index. */
export interface CursorOf {
  readonly index: string;
  readonly hash: string;
  /** Of the hash: which list. */
  readonly value: string;
  readonly range: string;
  /** With which the ids of its items begin, where it is one and the same. */
  readonly idPrefix?: string;
}

/** A cursor that was given out by nobody here: the caller's mistake. */
export class BadCursor extends Error {}

/** The list's own key is not in it, so nothing else can be reached with it. */
export function writeCursor(next: Record<string, unknown>, { range }: CursorOf): string {
  return Buffer.from(JSON.stringify([next.id, next[range]])).toString("base64url");
}

export function readCursor(cursor: string, { hash, value, range, idPrefix = "" }: CursorOf): Record<string, unknown> {
  try {
    const [id, at] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    if (typeof id === "string" && id !== "" && id.startsWith(idPrefix) && typeof at === "string")
      return { id, [range]: at, [hash]: value };
  } catch {
    // falls through to the refusal
  }
  throw new BadCursor(cursor);
}
