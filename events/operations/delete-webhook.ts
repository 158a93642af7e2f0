// DELETE /v1/webhooks/{id}
import { defineOperation } from "../operation.ts";
import { webhookExample } from "../webhook-representation.ts";

export const deleteWebhook = defineOperation({
  id: "delete-webhook",
  method: "DELETE",
  path: "/v1/webhooks/{id}",
  tag: "Webhooks",
  summary: "Takes an endpoint away: it is called no more",
  caller: "token",
  answers: { 204: { description: "It is gone" } },
  problems: [404],
  examples: { params: { id: webhookExample.id } },
});
