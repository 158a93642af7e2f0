// GET /v1/tidying/plan
import { defineOperation } from "../operation.ts";
import { plan, planQuery } from "../tidying.ts";

export const getTidyingPlan = defineOperation({
  id: "get-tidying-plan",
  method: "GET",
  path: "/v1/tidying/plan",
  tag: "Staff",
  summary: "What the next pass over the images would do, and why",
  description:
    "A dry run: nothing is written anywhere. `limit` images are looked at a page; those that are kept are left out unless `all=true`, so a page may be empty and yet have a `next`. " +
    "Every page reads all servers and volumes anew: on a large cloud `npm run cleanup -- --dry-run` reads them once.",
  caller: "token",
  query: planQuery,
  answers: {
    200: {
      description: "Each image with its reason",
      schema: plan,
      example: {
        enabled: true,
        seesAllProjects: true,
        held: null,
        looked: 500,
        images: [
          {
            id: "5b7f2a2e-3f0e-4f0a-9c55-0d6f0c2b7d11",
            name: "before-the-upgrade",
            owner: "1f0a6a0e8c1e4c55a4f2a1d6a1f0b2c3",
            visibility: "private",
            sizeBytes: 390_070_272,
            createdAt: "2026-01-12T08:00:00.000Z",
            hidden: false,
            verdict: "unused",
            rule: null,
            why: "a snapshot of 319 days that no server and no volume uses",
            next: { do: "tell", at: "2026-11-27T09:00:00.000Z" },
          },
        ],
        next: null,
      },
    },
  },
  problems: [403],
  examples: { query: { all: "true", limit: "100" } },
});
