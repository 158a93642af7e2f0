// POST /v1/hooks/clouds/{provider}: what a cloud tells makes waiting requests look at once.
import { takeCloudEvents } from "../../events/operations/take-cloud-events.ts";
import { hintsOf } from "../../lib/hooks/hint.ts";
import { lookAtOnce } from "../../lib/hooks/look-at-once.ts";
import { answer } from "../../lib/http/answer.ts";
import { signedEndpoint } from "../../lib/http/signed-endpoint.ts";

const trust = {
  secrets: ({ providers }, { provider = "" }) => providers.find(provider)?.policy.eventSecret ?? [],
  plainSecret: true,
} satisfies Parameters<typeof signedEndpoint>[1];

export const handler = signedEndpoint(takeCloudEvents, trust, async ({ runtime, params, body }) =>
  answer(202, { looks: await lookAtOnce(runtime, params.provider, hintsOf(body)) }),
);
