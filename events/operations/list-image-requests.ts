// GET /v1/image-requests
import * as z from "zod";
import { listQuery, listQueryExample } from "../list-query.ts";
import { defineOperation } from "../operation.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";

export const listImageRequests = defineOperation({
  id: "list-image-requests",
  method: "GET",
  path: "/v1/image-requests",
  tag: "Image requests",
  summary: "The project's own requests, newest first",
  caller: "token",
  query: listQuery,
  answers: {
    200: {
      description: "A page; `next` is the `cursor` of the one after it, null on the last",
      schema: z.strictObject({ requests: z.array(requestRepresentation), next: z.string().nullable() }),
      example: { requests: [requestRepresentationExample], next: null },
    },
  },
  examples: { query: listQueryExample },
});
