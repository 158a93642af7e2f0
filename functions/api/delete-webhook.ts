// DELETE /v1/webhooks/{id}: what is still on its way to it is not sent any more.
import { deleteWebhook } from "../../events/operations/delete-webhook.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleWebhook } from "../../lib/http/visible-webhook.ts";
import { openEndpointStore } from "../../lib/notify/endpoint-store.ts";

export const handler = endpoint(deleteWebhook, async (call) => {
  const { id } = await visibleWebhook(call);
  await openEndpointStore(call.runtime.table).delete(id);
  return { statusCode: 204 };
});
