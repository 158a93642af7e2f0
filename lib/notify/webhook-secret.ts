// An endpoint's secret: made by us, shown once, resting sealed.
import { randomBytes } from "node:crypto";
import type { Provider } from "../providers/provider.ts";

/** 32 bytes; Standard Webhooks asks for 24 to 64. */
export function newSecret(provider: Pick<Provider, "sealing">, endpointId: string): { secret: string; sealed: string } {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  return { secret, sealed: provider.sealing.seal(secret, sealedFor(endpointId)) };
}

/** Undefined where the service user's own secret was changed since. */
export function openSecret(
  provider: Pick<Provider, "sealing">,
  endpointId: string,
  sealed: string,
): string | undefined {
  return provider.sealing.unseal(sealed, sealedFor(endpointId));
}

function sealedFor(endpointId: string): string {
  return `webhook#${endpointId}`;
}
