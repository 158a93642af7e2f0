// The webhook endpoint that a path names, for those whose it is.
import { openEndpointStore, type WebhookEndpoint } from "../notify/endpoint-store.ts";
import type { Call } from "./endpoint.ts";
import { notFound } from "./http-problem.ts";

/** Another project's, another provider's and one that never was: 404, all the same; staff see no other project's either. */
export async function visibleWebhook({
  runtime,
  provider,
  caller,
  params: { id },
}: Pick<
  Call<unknown, unknown, { id: string }>,
  "runtime" | "provider" | "caller" | "params"
>): Promise<WebhookEndpoint> {
  const endpoint = /^[0-9a-f-]{36}$/.test(id) ? await openEndpointStore(runtime.table).get(id) : undefined;
  if (!endpoint || endpoint.provider !== provider.name || endpoint.projectId !== caller.projectId)
    throw notFound("webhook");
  return endpoint;
}
