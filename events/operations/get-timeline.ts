// GET /v1/image-requests/{id}/timeline
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { requestRepresentationExample } from "../request-representation.ts";

const entry = z.strictObject({
  at: z.string(),
  step: z.string(),
  what: z.enum(["received", "waiting", "done", "passed", "refused", "decided", "cancelled", "ended"]),
  text: z.string(),
  /** Of a wait: when it was last seen so, and how often. */
  lastAt: z.string().optional(),
  looks: z.int().optional(),
});

export const getTimeline = defineOperation({
  id: "get-timeline",
  method: "GET",
  path: "/v1/image-requests/{id}/timeline",
  tag: "Image requests",
  summary: "What happened to a request, oldest first",
  caller: "token",
  answers: {
    200: {
      description: "One entry a fact; a wait is one entry however long it lasts",
      schema: z.strictObject({ id: z.string(), timeline: z.array(entry) }),
      example: {
        id: requestRepresentationExample.id,
        timeline: [{ at: "2026-11-23T09:00:00.000Z", step: "check", what: "received", text: "asked for by bob" }],
      },
    },
  },
  problems: [404],
  examples: { params: { id: requestRepresentationExample.id } },
});
