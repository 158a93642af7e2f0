// Calls that are signed by the Standard Webhooks specification (standardwebhooks.com), and the plain secret of senders that cannot sign.
import { createHash, timingSafeEqual } from "node:crypto";
import { Webhook } from "standardwebhooks";
import * as z from "zod";

/** A call is believed for so long before and after the time that it was signed for. */
export const toleranceMs = 300_000;

/** `whsec_` and the base64 of 24 to 64 bytes. Hexadecimal digits are base64 too, and need no escaping in a URL. */
export const webhookSecret = z.string().superRefine((value, context) => {
  const bytes = /^whsec_([A-Za-z0-9+/]+={0,2})$/.test(value) && value.length % 4 === 2 ? keyBytes(value) : 0;
  if (bytes >= 24 && bytes <= 64) return;
  context.addIssue({ code: "custom", message: "must be whsec_ and the base64 of 24 to 64 random bytes" });
});

/** One, or the new and the old one while senders change over. */
export const webhookSecrets = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(webhookSecret).min(1).max(2).readonly(),
);

export interface SignedCall {
  readonly body: string;
  /** By lower-case name. */
  header(name: string): string | undefined;
}

export type Verdict =
  | { readonly kind: "good"; readonly id: string }
  | { readonly kind: "unsigned" }
  | { readonly kind: "bad"; readonly why: string };

/** `unsigned`: it bears none of the three headers. */
export function verify({ body, header }: SignedCall, secrets: readonly string[], nowMs: number): Verdict {
  const id = header("webhook-id");
  const timestamp = header("webhook-timestamp");
  const signatures = header("webhook-signature");
  if (id === undefined && timestamp === undefined && signatures === undefined) return { kind: "unsigned" };
  if (!id || !timestamp || !signatures || id.length > maxIdLength || !/^[\x21-\x7e]+$/.test(id))
    return { kind: "bad", why: "webhook-id, webhook-timestamp and webhook-signature are needed" };
  const signedAtMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
  if (!(Math.abs(nowMs - signedAtMs) <= toleranceMs))
    return { kind: "bad", why: "webhook-timestamp is more than five minutes away from our clock" };
  const given = signatures.split(" ").slice(0, maxSignatures);
  const right = secrets.map((secret) => new Webhook(secret).sign(id, new Date(signedAtMs), body));
  const agree = right.map((one) => given.map((other) => sameSecret(one, other)).some(Boolean)).some(Boolean);
  return agree ? { kind: "good", id } : { kind: "bad", why: "webhook-signature does not fit" };
}

/** Of `Authorization: Bearer SECRET`, or Basic with any user name and the secret as its password: what user:SECRET@ in a URL becomes. */
export function bearsSecret(authorization: string | undefined, secrets: readonly string[]): boolean {
  const [scheme = "", value = ""] = (authorization ?? "").split(" ", 2);
  const given =
    scheme.toLowerCase() === "basic"
      ? Buffer.from(value, "base64").toString("utf8").split(":").slice(1).join(":")
      : scheme.toLowerCase() === "bearer"
        ? value
        : "";
  return secrets.map((secret) => sameSecret(secret, given)).some(Boolean);
}

const maxIdLength = 255;
const maxSignatures = 10;

/** In a time that does not depend on where they differ, or on their lengths. */
function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function keyBytes(secret: string): number {
  return Buffer.from(secret.slice("whsec_".length), "base64").length;
}
