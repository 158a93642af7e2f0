// GET /v1/webhooks/{id}: an endpoint, without its secret.
import { getWebhook } from "../../events/operations/get-webhook.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleWebhook } from "../../lib/http/visible-webhook.ts";
import { endpointRepresentation } from "../../lib/notify/representation.ts";

export const handler = endpoint(getWebhook, async (call) =>
  answer(200, endpointRepresentation(await visibleWebhook(call), call.runtime.clock.now())),
);
