// The trust's token, sealed so that it may rest beside the request: each step needs it, and each is a process of its own.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/**
 * AES-256-GCM under a key made from the service user's own secret, which never rests in the table. Whoever has that secret
 * could get such a token from the trust anyway: the seal gives nobody more than they have. Bound to its request.
 */
export function seal(token: string, serviceSecret: string, requestId: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(serviceSecret, requestId), nonce);
  const sealed = Buffer.concat([cipher.update(token, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** Undefined where it cannot be opened: the secret was changed since, or it was tampered with. A new token is got then. */
export function unseal(sealed: string, serviceSecret: string, requestId: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(serviceSecret, requestId), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

function keyOf(serviceSecret: string, requestId: string): Buffer {
  return Buffer.from(hkdfSync("sha256", serviceSecret, requestId, "darkroom sealed trust token", 32));
}
