// GET /v1/image-requests/{id}/audit
import * as z from "zod";
import { auditRecord, auditRecordExample, callExample, callsMade } from "../audit-record.ts";
import { defineOperation } from "../operation.ts";
import { pageQuery } from "../page-query.ts";
import { requestRepresentationExample } from "../request-representation.ts";

export const getRequestAudit = defineOperation({
  id: "get-request-audit",
  method: "GET",
  path: "/v1/image-requests/{id}/audit",
  tag: "Image requests",
  summary: "Who did what about a request, and what its steps changed in the cloud",
  description: "For the request's project and for staff. Every call is named with OpenStack's own request id.",
  caller: "token",
  query: pageQuery,
  answers: {
    200: {
      description: "The records page by page, oldest first; the calls of the steps with every page",
      schema: z.strictObject({
        id: z.string(),
        records: z.array(auditRecord),
        calls: callsMade,
        next: z.string().nullable(),
      }),
      example: {
        id: requestRepresentationExample.id,
        records: [auditRecordExample],
        calls: { made: [callExample], dropped: 0 },
        next: null,
      },
    },
  },
  problems: [404],
  examples: { params: { id: requestRepresentationExample.id }, query: {} },
});
