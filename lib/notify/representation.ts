// Webhook endpoints and their deliveries as callers see them: no secret, no key of the table.
import type { Delivery } from "./delivery.ts";
import type { WebhookEndpoint } from "./endpoint-store.ts";

export function endpointRepresentation(endpoint: WebhookEndpoint, nowMs: number) {
  const { id, url, description, types, createdAt, createdBy, disabled, earlier } = endpoint;
  const earlierSecretUntil = earlier && earlier.untilMs > nowMs ? new Date(earlier.untilMs).toISOString() : null;
  return { id, url, description, types, createdAt, createdBy, disabled: disabled ?? null, earlierSecretUntil };
}

export function deliveryRepresentation({ notice, status, attempts, createdAt, nextAt, endedAt, tries }: Delivery) {
  return {
    messageId: notice.id,
    type: notice.kind,
    status,
    attempts,
    createdAt,
    nextAt: nextAt ?? null,
    endedAt: endedAt ?? null,
    tries: tries.map(({ at, tookMs, status: answered, problem }) => ({
      at,
      tookMs: tookMs ?? null,
      status: answered ?? null,
      problem: problem ?? null,
    })),
  };
}
