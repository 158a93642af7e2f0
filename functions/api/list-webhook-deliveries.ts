// GET /v1/webhooks/{id}/deliveries: what was sent to an endpoint and how it went.
import { listWebhookDeliveries } from "../../events/operations/list-webhook-deliveries.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import { visibleWebhook } from "../../lib/http/visible-webhook.ts";
import { deliveryRepresentation } from "../../lib/notify/representation.ts";

export const handler = endpoint(listWebhookDeliveries, async (call) => {
  const { runtime, query } = call;
  const { id } = await visibleWebhook(call);
  const { deliveries, cursor } = await runtime.notices.log(id, query.limit, query.cursor).catch(refuseBadCursor);
  return answer(200, { deliveries: deliveries.map(deliveryRepresentation), next: cursor ?? null });
});
