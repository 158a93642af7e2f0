// Signing in through an identity provider in a browser (WebSSO): Keystone answers with a page that posts the token to a trusted dashboard.
import type { Answer } from "../http.ts";
import { Refusal } from "../http.ts";
import { badRequest, keystoneError, notFound } from "./refusals.ts";
import type { IdentityCall, IdentityRoute } from "./service.ts";
import { newAuditId, signToken } from "./tokens.ts";

const ofAny = "/v3/auth/OS-FEDERATION/websso/{protocol}";
const ofOne = "/v3/auth/OS-FEDERATION/identity_providers/{provider}/protocols/{protocol}/websso";

export const federationRoutes: IdentityRoute[] = [
  ["GET", ofAny, signIn],
  ["POST", ofAny, signIn],
  ["GET", ofOne, signIn],
  ["POST", ofOne, signIn],
];

/**
 * Of a real Keystone the web server before it sends the browser to the identity provider first; here whoever comes is `federation.signedIn`. The origin must be one of the
 * trusted dashboards to the letter (keystone/api/auth.py, _get_sso_origin_host); the token is scoped to nothing.
 */
function signIn({ request, parameters }: IdentityCall): Answer {
  const { core } = request;
  const { identityProvider, protocol, trustedDashboards, signedIn } = core.state.federation;
  if (parameters.protocol !== protocol || (parameters.provider ?? identityProvider) !== identityProvider)
    throw notFound(`Could not find Federated Protocol: ${parameters.protocol}.`);
  const user = signedIn === null ? undefined : core.state.users[signedIn];
  if (!user?.federated) throw refused("Missing entity ID from environment");
  const origin = request.query.get("origin");
  if (!origin) throw badRequest("Request must have an origin query parameter");
  if (!trustedDashboards.includes(origin)) throw refused(`${origin} is not a trusted dashboard host`);
  const now = core.now();
  const token = signToken(core, {
    userId: user.id,
    methods: [protocol],
    projectId: null,
    federated: true,
    trustId: null,
    applicationCredentialId: null,
    issuedAt: now,
    expiresAt: now + core.timing.tokenLifetimeMs,
    auditIds: [newAuditId()],
  });
  return { status: 200, text: page(origin, token), headers: { "Content-Type": "text/html; charset=utf-8" } };
}

const refused = (message: string) => new Refusal(keystoneError(401, message));

/** As etc/sso_callback_template.html, the one that Keystone brings along: what it puts in is not escaped there either. */
const page = (host: string, token: string): string => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Keystone WebSSO redirect</title>
  </head>
  <body>
     <form id="sso" name="sso" action="${host}" method="post">
       Please wait...
       <br>
       <input type="hidden" name="token" id="token" value="${token}">
       <noscript>
         <input type="submit" name="submit_no_javascript" id="submit_no_javascript"
            value="If your JavaScript is disabled, please click to continue">
       </noscript>
     </form>
     <script>
       window.onload = function() {
         document.forms['sso'].submit();
       }
     </script>
  </body>
</html>`;
