// GET /v1/tidying/deletions
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { deletion, deletionsQuery } from "../tidying.ts";

export const listDeletions = defineOperation({
  id: "list-deletions",
  method: "GET",
  path: "/v1/tidying/deletions",
  tag: "Staff",
  summary: "What was tidied away in the last year, newest first",
  caller: "token",
  query: deletionsQuery,
  answers: {
    200: {
      description: "With name, size, owner, hash and reason of each",
      schema: z.strictObject({ deletions: z.array(deletion), next: z.string().nullable() }),
      example: {
        deletions: [
          {
            kind: "image",
            id: "5b7f2a2e-3f0e-4f0a-9c55-0d6f0c2b7d11",
            name: "before-the-upgrade",
            owner: "1f0a6a0e8c1e4c55a4f2a1d6a1f0b2c3",
            sizeBytes: 390_070_272,
            hash: { algo: "sha512", value: "9f2c…" },
            createdAt: "2026-01-12T08:00:00.000Z",
            deletedAt: "2026-11-27T09:00:00.000Z",
            reason: "unused",
            why: "a snapshot of 319 days that no server and no volume uses",
            state: "done",
          },
        ],
        next: null,
      },
    },
  },
  problems: [403],
  examples: { query: { limit: "50" } },
});
