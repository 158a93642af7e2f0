// GET /v1/approvals
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { pageQuery } from "../page-query.ts";
import { requestRepresentation, requestRepresentationExample } from "../request-representation.ts";

const common = {
  since: z.string(),
  /** False: it is the caller's own, and the policy lets nobody decide about those. */
  mayDecide: z.boolean(),
};
const named = z.strictObject({ id: z.string(), name: z.string() });

const approval = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("image-request"),
      ...common,
      /** Not decided by then, the request expires. */
      deadline: z.string(),
      /** Why staff are asked. */
      reasons: z.array(z.string()),
      /** With everything that was asked for. */
      request: requestRepresentation,
    }),
    z.strictObject({
      kind: z.literal("public-image"),
      ...common,
      image: named,
      project: named,
      requester: named,
      /** Why it should be public, in the owner's words. */
      reason: z.string(),
    }),
  ])
  .meta({ id: "Approval" });

export const listApprovals = defineOperation({
  id: "list-approvals",
  method: "GET",
  path: "/v1/approvals",
  tag: "Staff",
  summary: "What waits for a decision of this provider's staff, oldest first",
  description: "Staff of the provider only.",
  caller: "token",
  query: pageQuery,
  answers: {
    200: {
      description: "One page; `next` leads to the following one",
      schema: z.strictObject({ approvals: z.array(approval), next: z.string().nullable() }),
      example: {
        approvals: [
          {
            kind: "image-request",
            since: "2026-11-23T09:00:05.000Z",
            mayDecide: true,
            deadline: "2026-12-07T09:00:00.000Z",
            reasons: ["images that are shared need a yes"],
            request: requestRepresentationExample,
          },
        ],
        next: null,
      },
    },
  },
  examples: { query: { limit: "10" } },
});
