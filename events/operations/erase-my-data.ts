// DELETE /v1/my-data
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { requestRepresentationExample } from "../request-representation.ts";
import { myDataQuery } from "./get-my-data.ts";

export const eraseMyData = defineOperation({
  id: "erase-my-data",
  method: "DELETE",
  path: "/v1/my-data",
  tag: "Personal data",
  summary: "Erase a user's personal data, on this provider",
  description:
    "Of requests that have ended: consoles, reports, addresses and the user's name; of what the user decided or cancelled of others', and of audit records, the user's name. Ids stay. What is under way stays whole and is named: cancel it, or ask again when it has ended. One call does one page: call again with `next` until it is null. Staff may do it for another user.",
  caller: "token",
  ofOneself: true,
  query: myDataQuery,
  answers: {
    200: {
      description: "What of this page was erased",
      schema: z.strictObject({
        user: z.strictObject({ id: z.string() }),
        erased: z.strictObject({ requests: z.int(), reports: z.int(), records: z.int(), publicity: z.int() }),
        /** Requests that are under way. */
        live: z.array(z.string()),
        next: z.string().nullable(),
      }),
      example: {
        user: { id: requestRepresentationExample.requester.id },
        erased: { requests: 2, reports: 3, records: 5, publicity: 0 },
        live: [],
        next: null,
      },
    },
  },
  examples: { query: {} },
});
