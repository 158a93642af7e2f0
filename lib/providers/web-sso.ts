// How people whom an identity provider knows sign in: through Keystone's pages in their browser (WebSSO).
import * as z from "zod";

/** Scheme, host and port, as a browser names a page's origin. */
const origin = z
  .string()
  .max(300)
  .refine((value) => URL.canParse(value) && new URL(value).origin === value, "must be an origin: https://host, no path")
  .refine(isSafe, "must be https");

/** Plain http only to this very machine. */
function isSafe(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

const segment = z.string().regex(/^[A-Za-z0-9_.~-]{1,64}$/, "must be letters, digits, - _ . ~");

export const webSso = z.strictObject({
  /** The id of the protocol in Keystone: `openid`, `saml2`, `mapped`. */
  protocol: segment,
  /** The id of the identity provider in Keystone; left out, the web server before Keystone asks or knows which. */
  identityProvider: segment.optional(),
  /** Where Darkroom's own `/v1/tokens/websso/callback` is from outside: to the letter what stands in Keystone's `trusted_dashboard`. */
  callbackUrl: z.url().max(500).refine(isSafe, "must be https"),
  /** The pages that may be handed a token. */
  portalOrigins: z.array(origin).min(1).max(20),
});

export type WebSso = z.output<typeof webSso>;
