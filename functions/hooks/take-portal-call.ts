// POST /v1/hooks/portals/{portal}: a portal or a CI has an image made, as it was configured.
import { takePortalCall } from "../../events/operations/take-portal-call.ts";
import { openAuditTrail } from "../../lib/audit/trail.ts";
import { requestFor } from "../../lib/hooks/portal.ts";
import { answer } from "../../lib/http/answer.ts";
import { countCall } from "../../lib/http/call-rates.ts";
import { callerOf } from "../../lib/http/caller.ts";
import { invalid } from "../../lib/http/http-problem.ts";
import { signedEndpoint } from "../../lib/http/signed-endpoint.ts";
import { takeIn } from "../../lib/http/take-in.ts";
import { withOurCredential } from "../../lib/providers/own-credential.ts";
import { requestIdOf } from "../../lib/requests/identity-of-request.ts";
import { statusOf } from "../../lib/requests/image-request.ts";
import { pathOf } from "../../lib/requests/representation.ts";

const trust = {
  secrets: ({ providers }, { portal = "" }) => providers.portal(portal)?.policy.secret ?? [],
  plainSecret: false,
} satisfies Parameters<typeof signedEndpoint>[1];

export const handler = signedEndpoint(takePortalCall, trust, async (call) => {
  const { runtime, params, deliveryId } = call;
  const portal = runtime.providers.portal(params.portal);
  if (!portal || deliveryId === undefined) throw new Error("a call was believed that nobody can have signed");
  const trail = openAuditTrail(takePortalCall, runtime.clock);
  const bounded = call.followed(trail.report);
  const provider = { ...portal.provider, service: bounded(portal.provider.service) };
  const cloud = bounded(portal.cloud);
  const ours = { entry: `portals.${portal.name}.cloud`, may: "act for this portal" };
  const caller = callerOf(provider, await withOurCredential(cloud.token(), ours), cloud);
  await countCall(runtime, takePortalCall, provider, caller);

  const wanted = requestFor(portal.policy, call.body, runtime.clock.now());
  if ("errors" in wanted) throw invalid(wanted.errors);
  const recorded = { runtime, provider, caller, params, sent: call.body };
  return await trail.follow(recorded, async () => {
    const asker = { provider: provider.name, projectId: caller.projectId, userId: caller.userId };
    const id = requestIdOf(asker, `portal\0${portal.name}\0${deliveryId}`);
    // That the user of the entry may not do something is the answer; that it is let in no more is nothing that the portal did.
    const { request, again } = await withOurCredential(
      takeIn({ ...recorded, body: wanted.asked, bounded, note: trail.note }, id),
      { ...ours, refused: ["credentialRevoked"] },
    );
    if (again) trail.note({ again }, { kind: "image-request", id });
    return answer(202, { id, status: statusOf(request), again }, { location: pathOf(id) });
  });
});
