// GET /v1/tokens/websso
import { defineOperation } from "../operation.ts";
import { webSsoQuery } from "../sign-in.ts";

export const startWebsso = defineOperation({
  id: "start-websso",
  method: "GET",
  path: "/v1/tokens/websso",
  tag: "Signing in",
  summary: "Sign in through an identity provider, in a window that a portal opens",
  description:
    "Leads the browser to Keystone's WebSSO. Where it ends, the token is posted (`postMessage`) to the page that opened the window, if its origin is one of the policy's; never into an address. That page must make `state` at random for each sign-in, and take no token that comes with another.",
  caller: "anybody",
  query: webSsoQuery,
  answers: { 302: { description: "To Keystone" } },
  problems: [404],
  examples: { query: { portal: "https://portal.example.org", state: "kq3v9Tn0yPz4LwXb8sRdQg" } },
});
