// GET /v1/webhooks/{id}
import { defineOperation } from "../operation.ts";
import { webhookExample, webhookRepresentation } from "../webhook-representation.ts";

export const getWebhook = defineOperation({
  id: "get-webhook",
  method: "GET",
  path: "/v1/webhooks/{id}",
  tag: "Webhooks",
  summary: "An endpoint, and whether it is still called",
  caller: "token",
  answers: { 200: { description: "The endpoint", schema: webhookRepresentation, example: webhookExample } },
  problems: [404],
  examples: { params: { id: webhookExample.id } },
});
