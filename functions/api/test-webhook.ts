// POST /v1/webhooks/{id}/test: one message of type webhook.test, by the same road as every other.
import { randomUUID } from "node:crypto";
import { testWebhook } from "../../events/operations/test-webhook.ts";
import { answer } from "../../lib/http/answer.ts";
import { tooOften } from "../../lib/http/call-rates.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleWebhook } from "../../lib/http/visible-webhook.ts";
import { deliveryId } from "../../lib/notify/delivery.ts";
import { poke } from "../../lib/notify/publish-notice.ts";
import { deliveryRepresentation } from "../../lib/notify/representation.ts";

/** Of all endpoints of a project: each may keep a worker for ten seconds, and whoever waits for mail waits for the same workers. */
const testsPerMinute = 6;

export const handler = endpoint(testWebhook, async (call) => {
  const { runtime } = call;
  const { id, provider, projectId } = await visibleWebhook(call);
  const counted = ["webhook-tests", provider, projectId].join("\0");
  const { retryAfterSeconds } = await runtime.rates.allow(counted, testsPerMinute, 60_000);
  if (retryAfterSeconds !== undefined)
    throw tooOften(retryAfterSeconds, `A project may test its endpoints ${testsPerMinute} times a minute.`);
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
