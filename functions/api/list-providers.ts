// GET /v1/providers: the clouds of this installation and what each allows. For anybody: a token is got from one of them.
import { listProviders } from "../../events/operations/list-providers.ts";
import { answer } from "../../lib/http/answer.ts";
import { openEndpoint } from "../../lib/http/endpoint.ts";

export const handler = openEndpoint(listProviders, async ({ runtime: { providers } }) =>
  answer(200, {
    providers: providers.all.map(({ name, policy }) => ({
      name,
      visibilities: policy.visibilities,
      approvalNeededFor: policy.approvalNeededFor,
      approvalDeadlineDays: policy.approvalDeadlineMs / 86_400_000,
      license: policy.license,
      supportContact: policy.supportContact ?? null,
    })),
  }),
);
