// POST /v1/webhooks/{id}/test
import { defineOperation } from "../operation.ts";
import { deliveryExample, deliveryRepresentation, webhookExample } from "../webhook-representation.ts";

export const testWebhook = defineOperation({
  id: "test-webhook",
  method: "POST",
  path: "/v1/webhooks/{id}/test",
  tag: "Webhooks",
  summary: "Sends a message of type webhook.test to an endpoint, once",
  description:
    "It is sent a moment later; `…/deliveries` says how it went. A disabled endpoint can be tested, too; all of a project's together six times a minute.",
  caller: "token",
  answers: {
    202: {
      description: "It is on its way",
      schema: deliveryRepresentation,
      example: {
        ...deliveryExample,
        type: "webhook.test",
        status: "waiting",
        attempts: 0,
        nextAt: deliveryExample.createdAt,
        endedAt: null,
        tries: [],
      },
    },
  },
  problems: [404],
  examples: { params: { id: webhookExample.id } },
});
