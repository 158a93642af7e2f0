// The query of GET /v1/image-requests.
import * as z from "zod";
import { requestStatus } from "./request-representation.ts";

export const listQuery = z.strictObject({
  status: requestStatus.optional(),
  limit: z.coerce.number("must be a number").int("must be a whole number").min(1).max(100).default(25),
  /** `next` of the page before, as it was given. */
  cursor: z.string().min(1).max(500).optional(),
});

export const listQueryExample = { status: "completed" as const, limit: "10" };
