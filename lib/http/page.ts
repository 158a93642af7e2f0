// Pages of lists: a cursor that nobody gave out here is the caller's mistake.
import { BadCursor } from "../aws/cursor.ts";
import { strangeCursor } from "./cursor.ts";

/** Throws 422 for a bad cursor; to be given to `catch`. */
export function refuseBadCursor(error: unknown): never {
  throw error instanceof BadCursor ? strangeCursor() : error;
}
