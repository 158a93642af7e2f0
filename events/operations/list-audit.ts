// GET /v1/audit
import * as z from "zod";
import { auditRecord, auditRecordExample } from "../audit-record.ts";
import { defineOperation } from "../operation.ts";
import { pageQuery } from "../page-query.ts";

const instant = z.iso.datetime("must be a time in UTC, like 2026-11-23T09:00:00Z");

export const auditQuery = z.strictObject({
  ...pageQuery.shape,
  /** What this user did: Keystone's id. */
  user: z.string().min(1).max(64).optional(),
  from: instant.optional(),
  until: instant.optional(),
});

export const listAudit = defineOperation({
  id: "list-audit",
  method: "GET",
  path: "/v1/audit",
  tag: "Staff",
  summary: "Who did what on this provider, newest first",
  description:
    "Staff of the provider only. A page that is filtered by user may be short, or empty, and yet not the last: `next` says.",
  caller: "token",
  query: auditQuery,
  answers: {
    200: {
      description: "One page; `next` leads to the following one",
      schema: z.strictObject({ records: z.array(auditRecord), next: z.string().nullable() }),
      example: { records: [auditRecordExample], next: null },
    },
  },
  examples: { query: { from: "2026-11-23T00:00:00Z", limit: "50" } },
});
