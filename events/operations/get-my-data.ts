// GET /v1/my-data
import * as z from "zod";
import { auditRecord, auditRecordExample } from "../audit-record.ts";
import { defineOperation } from "../operation.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";
import { publicity, publicityExample } from "../sharing.ts";

/** Both operations on a user's data take it. */
export const myDataQuery = z.strictObject({
  /** Keystone's id of another user: staff only. */
  user: z.string().min(1).max(64).optional(),
  limit: z.coerce.number("must be a number").int("must be a whole number").min(1).max(50).default(20),
  /** `next` of the page before, as it was given. */
  cursor: z.string().min(1).max(1000).optional(),
});

export const getMyData = defineOperation({
  id: "get-my-data",
  method: "GET",
  path: "/v1/my-data",
  tag: "Personal data",
  summary: "Everything that Darkroom keeps of a user, on this provider",
  description:
    "Newest first, page by page: the user's requests in every project, where their reports are, and what was recorded of what the user did. Staff may ask for another user, which is recorded.",
  caller: "token",
  query: myDataQuery,
  answers: {
    200: {
      description: "One page; `next` leads to the following one",
      schema: z.strictObject({
        user: z.strictObject({ id: z.string() }),
        requests: z.array(
          z.strictObject({
            request: requestRepresentation,
            /** Where mail about it goes. */
            contactAddress: z.string().nullable(),
            /** Which reports and consoles are kept; they are read at the request's own `links.report`. */
            reports: z.array(z.strictObject({ kind: z.enum(["clean", "verify"]), at: z.string() })),
          }),
        ),
        records: z.array(auditRecord),
        /** Images that the user wanted to be public. */
        publicity: z.array(z.strictObject({ publicity, contactAddress: z.string().nullable() })),
        next: z.string().nullable(),
      }),
      example: {
        user: { id: requestRepresentationExample.requester.id },
        requests: [
          {
            request: requestRepresentationExample,
            contactAddress: null,
            reports: [{ kind: "verify", at: "2026-11-23T09:03:00.000Z" }],
          },
        ],
        records: [auditRecordExample],
        publicity: [{ publicity: publicityExample, contactAddress: null }],
        next: null,
      },
    },
  },
  examples: { query: {} },
});
