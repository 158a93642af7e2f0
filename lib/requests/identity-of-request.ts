// What a request is called, and how the same request sent twice is known to be the same.
import { createHash, randomUUID } from "node:crypto";
import type { ImageRequestBody } from "../../events/image-request.ts";

/** With a key the id follows from who asks and the key, so that two posts at once meet at one item; without, it is random. */
export function requestIdOf(
  asker: { provider: string; projectId: string; userId: string },
  idempotencyKey: string | undefined,
): string {
  if (idempotencyKey === undefined) return randomUUID();
  const hex = sha256([asker.provider, asker.projectId, asker.userId, idempotencyKey]);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** Of what was asked, as it was understood: another order of fields, or a default written out, is the same request. */
export function fingerprintOf(asked: ImageRequestBody): string {
  return sha256(sorted(asked));
}

function sha256(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
