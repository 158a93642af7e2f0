// POST /v1/webhooks
import { defineOperation } from "../operation.ts";
import {
  webhookBody,
  webhookBodyExample,
  webhookWithSecret,
  webhookWithSecretExample,
} from "../webhook-representation.ts";

export const createWebhook = defineOperation({
  id: "create-webhook",
  method: "POST",
  path: "/v1/webhooks",
  tag: "Webhooks",
  summary: "Registers an endpoint that is told what happens to the project's requests and images",
  description:
    "Messages are signed as Standard Webhooks says (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`), with the secret that this answer shows once. They come at least once: the id is the same at every try. Ten tries over three days; redirects are failures; 410 disables the endpoint.",
  caller: "token",
  body: webhookBody,
  answers: {
    201: { description: "The endpoint, with its secret", schema: webhookWithSecret, example: webhookWithSecretExample },
  },
  problems: [409],
  examples: { body: webhookBodyExample },
});
