// POST /v1/webhooks/{id}/test: one message of type webhook.test, by the same road as every other.
import { randomUUID } from "node:crypto";
import { testWebhook } from "../../events/operations/test-webhook.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleWebhook } from "../../lib/http/visible-webhook.ts";
import { deliveryId } from "../../lib/notify/delivery.ts";
import { poke } from "../../lib/notify/publish-notice.ts";
import { deliveryRepresentation } from "../../lib/notify/representation.ts";

export const handler = endpoint(testWebhook, async (call) => {
  const { runtime } = call;
  const { id, provider, projectId } = await visibleWebhook(call);
  const nowMs = runtime.clock.now();
  const at = new Date(nowMs).toISOString();
  const notice = {
    id: `test-${randomUUID()}`,
    kind: "webhook.test",
    provider,
    projectId,
    at,
    facts: { webhookId: id },
  } as const;
  await runtime.notices.open(notice, id, nowMs);
  const key = deliveryId(notice.id, id);
  await poke(runtime, key);
  const delivery = await runtime.notices.get(key);
  if (!delivery) throw new Error(`delivery ${key} is not there`);
  return answer(202, deliveryRepresentation(delivery));
});
