// POST /v1/webhooks: registers an endpoint of the caller's project; where it may not lead is said here, and looked at again before each call.
import { randomUUID } from "node:crypto";
import { createWebhook } from "../../events/operations/create-webhook.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict, invalid } from "../../lib/http/http-problem.ts";
import { maxEndpoints, openEndpointStore } from "../../lib/notify/endpoint-store.ts";
import { addressesOf, InsideAddress, type Reach, refusalOf } from "../../lib/notify/inside-address.ts";
import { endpointRepresentation } from "../../lib/notify/representation.ts";
import { newSecret } from "../../lib/notify/webhook-secret.ts";

export const handler = endpoint(createWebhook, async ({ runtime, provider, caller, body }) => {
  await refuseInside(body.url, { loopback: runtime.settings.webhooksToLoopback });
  const store = openEndpointStore(runtime.table);
  const others = await store.ofProject(provider.name, caller.projectId);
  if (others.length >= maxEndpoints) {
    const detail = `The project has ${others.length} webhooks; ${maxEndpoints} are possible.`;
    throw conflict("too-many-webhooks", detail, "Delete one that is not needed any more.");
  }
  const id = randomUUID();
  const { secret, sealed } = newSecret(provider, id);
  const nowMs = runtime.clock.now();
  const made = {
    schemaVersion: 1 as const,
    id,
    provider: provider.name,
    projectId: caller.projectId,
    ...body,
    secret: sealed,
    createdBy: caller.userId,
    createdAt: new Date(nowMs).toISOString(),
  };
  await store.create(made);
  return answer(201, { ...endpointRepresentation(made, nowMs), secret }, { location: `/v1/webhooks/${id}` });
});

/** Nothing is called here: an answer, or its absence, would tell what is behind an address. */
async function refuseInside(url: string, reach: Reach): Promise<void> {
  const refused = refusalOf(url, reach);
  if (refused) throw invalid([{ field: "url", detail: refused }]);
  try {
    await addressesOf(url, reach);
  } catch (error) {
    const detail = error instanceof InsideAddress ? error.message : "names a host that cannot be resolved";
    throw invalid([{ field: "url", detail }]);
  }
}
