// GET /v1/webhooks/{id}/deliveries
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { deliveryExample, deliveryRepresentation, webhookExample } from "../webhook-representation.ts";

export const listWebhookDeliveries = defineOperation({
  id: "list-webhook-deliveries",
  method: "GET",
  path: "/v1/webhooks/{id}/deliveries",
  tag: "Webhooks",
  summary: "What was sent to an endpoint and how it went, newest first; of the last 30 days",
  caller: "token",
  query: z.strictObject({
    limit: z.coerce.number("must be a number").int("must be a whole number").min(1).max(100).default(25),
    /** `next` of the page before, as it was given. */
    cursor: z.string().min(1).max(500).optional(),
  }),
  answers: {
    200: {
      description: "A page; `next` is the `cursor` of the one after it, null on the last",
      schema: z.strictObject({ deliveries: z.array(deliveryRepresentation), next: z.string().nullable() }),
      example: { deliveries: [deliveryExample], next: null },
    },
  },
  problems: [404],
  examples: { params: { id: webhookExample.id }, query: { limit: "10" } },
});
