// The road of people whom an identity provider knows: to Keystone in their browser, and back with a token that only the portal's own page may be handed.
import { webSsoState } from "../../events/sign-in.ts";
import { HttpProblem, invalid, notFound } from "../http/http-problem.ts";
import type { Provider } from "../providers/provider.ts";
import type { WebSso } from "../providers/web-sso.ts";
import { problem } from "../requests/problem.ts";

/** Which sign-in it is that comes back, kept by the browser meanwhile; nothing in it is believed without a look at the policy. */
export interface Begun {
  readonly provider: string;
  readonly portal: string;
  readonly state: string;
}

/** For so long somebody may take to sign in at their institution. */
const maxAgeS = 900;
const maxTokenLength = 8_192;
const maxFormBytes = 16_384;

export function beginWebSso(
  { name, policy }: Pick<Provider, "name" | "policy">,
  authUrl: string,
  { portal, state }: { portal?: string | undefined; state: string },
): { location: string; cookie: string } {
  const { webSso } = policy;
  if (!webSso) throw notFound("sign-in through an identity provider on this cloud, and so none");
  const origin = portal ?? webSso.portalOrigins[0] ?? "";
  if (!webSso.portalOrigins.includes(origin) || (portal === undefined && webSso.portalOrigins.length > 1))
    throw invalid([{ field: "portal", detail: "must be one of the origins in this provider's policy" }], "query");
  const begun: Begun = { provider: name, portal: origin, state };
  const value = Buffer.from(JSON.stringify(begun)).toString("base64url");
  return { location: addressOf(webSso, authUrl), cookie: cookie(webSso, value, maxAgeS) };
}

/** Keystone compares `origin` with its list of trusted dashboards to the letter (keystone/api/auth.py, _get_sso_origin_host). */
function addressOf({ protocol, identityProvider, callbackUrl }: WebSso, authUrl: string): string {
  const way =
    identityProvider === undefined
      ? `websso/${protocol}`
      : `identity_providers/${identityProvider}/protocols/${protocol}/websso`;
  return `${authUrl}/auth/OS-FEDERATION/${way}?${new URLSearchParams({ origin: callbackUrl })}`;
}

const cookieName = "darkroom-websso";

/** Keystone's page posts from another site: the browser then sends only what is `SameSite=None`, which it takes over https only. */
function cookie({ callbackUrl }: Pick<WebSso, "callbackUrl">, value: string, ageS: number): string {
  const site = callbackUrl.startsWith("https:") ? "Secure; SameSite=None" : "SameSite=Lax";
  return `${cookieName}=${value}; Path=/v1/tokens/websso; Max-Age=${ageS}; HttpOnly; ${site}`;
}

/** The cookie that ends the sign-in. */
export function endedCookie(webSso: Pick<WebSso, "callbackUrl">): string {
  return cookie(webSso, "", 0);
}

/**
 * Throws 400 where this browser began no sign-in here. That it did begin one says little: any page can make it begin, and then post a token of its own choosing.
 * Only the portal can tell, by `state`, whether it was the portal that began.
 */
export function begunBy(
  cookies: readonly string[],
  find: (name: string) => Pick<Provider, "policy"> | undefined,
): Begun & { webSso: WebSso } {
  const prefix = `${cookieName}=`;
  const value = cookies.find((one) => one.startsWith(prefix))?.slice(prefix.length);
  const begun = value === undefined ? undefined : parsed(value);
  const webSso = begun && find(begun.provider)?.policy.webSso;
  if (begun && webSso?.portalOrigins.includes(begun.portal)) return { ...begun, webSso };
  const detail = "This browser has begun no sign-in here, or took too long, or keeps no cookies.";
  const content = problem("no-sign-in", "Begin again", detail, { remedy: "Sign in again, from the portal." });
  throw new HttpProblem(400, content);
}

function parsed(value: string): Begun | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(value, "base64url").toString());
    if (typeof json !== "object" || json === null) return undefined;
    const { provider, portal, state } = json as Record<string, unknown>;
    const areTexts = typeof provider === "string" && typeof portal === "string" && typeof state === "string";
    return areTexts && webSsoState.test(state) ? { provider, portal, state } : undefined;
  } catch {
    return undefined;
  }
}

/** Throws 400 for what is not the form of Keystone's page. */
export function tokenOfForm(body: string | undefined, isBase64: boolean, contentType: string | undefined): string {
  const text = isBase64 ? Buffer.from(body ?? "", "base64").toString("latin1") : (body ?? "");
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? "");
  const token = isForm && text.length <= maxFormBytes ? new URLSearchParams(text).getAll("token") : [];
  const [only, ...others] = token;
  if (only !== undefined && others.length === 0 && only.length <= maxTokenLength && /^[\x21-\x7e]+$/.test(only))
    return only;
  const detail = "There is no token of Keystone's in what was sent.";
  throw new HttpProblem(
    400,
    problem("no-token", "No token came", detail, { remedy: "Sign in again, from the portal." }),
  );
}
