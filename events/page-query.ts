// The query of lists that are read page by page.
import * as z from "zod";

export const pageQuery = z.strictObject({
  limit: z.coerce.number("must be a number").int("must be a whole number").min(1).max(100).default(25),
  /** `next` of the page before, as it was given. */
  cursor: z.string().min(1).max(1000).optional(),
});
