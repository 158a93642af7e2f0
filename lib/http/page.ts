// Pages of lists: a cursor that nobody gave out here is the caller's mistake.
import { BadCursor } from "../aws/cursor.ts";
import { invalid } from "./http-problem.ts";

/** Throws 422 for a bad cursor; to be given to `catch`. */
export function refuseBadCursor(error: unknown): never {
  if (error instanceof BadCursor)
    throw invalid([{ field: "cursor", detail: "is none that was given out here" }], "query");
  throw error;
}
