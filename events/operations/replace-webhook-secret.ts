// POST /v1/webhooks/{id}/secret
import { defineOperation } from "../operation.ts";
import { webhookExample, webhookWithSecret, webhookWithSecretExample } from "../webhook-representation.ts";

export const replaceWebhookSecret = defineOperation({
  id: "replace-webhook-secret",
  method: "POST",
  path: "/v1/webhooks/{id}/secret",
  tag: "Webhooks",
  summary: "Gives an endpoint a new secret",
  description:
    "For a day messages are signed with both, so that none is refused meanwhile. A disabled endpoint is called again.",
  caller: "token",
  answers: {
    200: {
      description: "The endpoint, with its new secret",
      schema: webhookWithSecret,
      example: webhookWithSecretExample,
    },
  },
  problems: [404, 409],
  examples: { params: { id: webhookExample.id } },
});
