// GET /v1/tokens/websso: leads a browser to the identity provider, by way of Keystone.
import { startWebsso } from "../../events/operations/start-websso.ts";
import { chooseProvider, openEndpoint } from "../../lib/http/endpoint.ts";
import { beginWebSso } from "../../lib/sign-in/web-sso.ts";

export const handler = openEndpoint(startWebsso, async ({ runtime, query, header }) => {
  const provider = chooseProvider(runtime, query.provider ?? header("darkroom-provider"), undefined);
  const { location, cookie } = beginWebSso(provider, provider.service.authUrl, query);
  return { statusCode: 302, headers: { location }, cookies: [cookie], body: "" };
});
