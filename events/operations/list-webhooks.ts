// GET /v1/webhooks
import * as z from "zod";
import { defineOperation } from "../operation.ts";
import { webhookExample, webhookRepresentation } from "../webhook-representation.ts";

export const listWebhooks = defineOperation({
  id: "list-webhooks",
  method: "GET",
  path: "/v1/webhooks",
  tag: "Webhooks",
  summary: "The project's endpoints, newest first",
  caller: "token",
  answers: {
    200: {
      description: "All of them",
      schema: z.strictObject({ webhooks: z.array(webhookRepresentation) }),
      example: { webhooks: [webhookExample] },
    },
  },
  examples: {},
});
