// POST /v1/tokens/websso/callback: Keystone's page posts the token here, by the browser of whoever signed in.
import { finishWebsso } from "../../events/operations/finish-websso.ts";
import { openEndpoint } from "../../lib/http/endpoint.ts";
import { handingPage } from "../../lib/sign-in/handing-page.ts";
import { begunBy, endedCookie, tokenOfForm } from "../../lib/sign-in/web-sso.ts";

export const handler = openEndpoint(finishWebsso, async ({ runtime, event, header }) => {
  const { provider, portal, state, webSso } = begunBy(event.cookies ?? [], runtime.providers.find);
  const token = tokenOfForm(event.body, event.isBase64Encoded, header("content-type"));
  const page = handingPage({ token, provider, state }, portal);
  return { statusCode: 200, ...page, cookies: [endedCookie(webSso)] };
});
