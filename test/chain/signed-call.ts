// A call as a machine makes it: signed by the Standard Webhooks library with whatever secret and at whatever time a test wants.
import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";

export const machineSecret = "whsec_0123456789abcdef0123456789abcdef0123456789abcdef";

/** Body and headers for `bench.call`. */
export function signedCall(
  content: unknown,
  { secret = machineSecret, atMs, id = `msg_${randomUUID()}` }: { secret?: string; atMs: number; id?: string },
) {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  const at = new Date(atMs);
  return {
    body,
    headers: {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(atMs / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, at, body),
    },
  };
}
