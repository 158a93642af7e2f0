// GET /v1/webhooks: the endpoints of the caller's project.
import { listWebhooks } from "../../events/operations/list-webhooks.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { openEndpointStore } from "../../lib/notify/endpoint-store.ts";
import { endpointRepresentation } from "../../lib/notify/representation.ts";

export const handler = endpoint(listWebhooks, async ({ runtime, provider, caller }) => {
  const endpoints = await openEndpointStore(runtime.table).ofProject(provider.name, caller.projectId);
  return answer(200, { webhooks: endpoints.map((each) => endpointRepresentation(each, runtime.clock.now())) });
});
