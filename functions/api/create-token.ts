// POST /v1/tokens: takes a sign-in to the provider's Keystone, which browsers cannot call, and hands its token back.
import { createToken } from "../../events/operations/create-token.ts";
import { answer } from "../../lib/http/answer.ts";
import { addressOf, chooseProvider, openEndpoint } from "../../lib/http/endpoint.ts";
import { signIn } from "../../lib/sign-in/sign-in.ts";

export const handler = openEndpoint(createToken, async ({ runtime, body, header, event, bounded }) => {
  const provider = chooseProvider(runtime, header("darkroom-provider"), body);
  const from = { rates: runtime.rates, address: addressOf(event) };
  return answer(201, await signIn(provider, bounded(provider.service), body, from));
});
