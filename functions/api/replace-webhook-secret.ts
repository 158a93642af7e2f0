// POST /v1/webhooks/{id}/secret: a new secret, shown once; for a day both sign.
import { replaceWebhookSecret } from "../../events/operations/replace-webhook-secret.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict } from "../../lib/http/http-problem.ts";
import { visibleWebhook } from "../../lib/http/visible-webhook.ts";
import { openEndpointStore } from "../../lib/notify/endpoint-store.ts";
import { endpointRepresentation } from "../../lib/notify/representation.ts";
import { newSecret } from "../../lib/notify/webhook-secret.ts";

const bothSignMs = 86_400_000;

export const handler = endpoint(replaceWebhookSecret, async (call) => {
  const { runtime, provider } = call;
  const seen = await visibleWebhook(call);
  const nowMs = runtime.clock.now();
  const { secret, sealed } = newSecret(provider, seen.id);
  const replaced = await openEndpointStore(runtime.table).replaceSecret(seen, sealed, nowMs + bothSignMs);
  if (!replaced) throw conflict("changed-meanwhile", "The secret was replaced meanwhile.", "Replace it once more.");
  return answer(200, { ...endpointRepresentation(replaced, nowMs), secret });
});
