// The owner's expiry date of an image: where it stands in Glance, and when it holds.
import type { Image, PatchOperation } from "../openstack/index.ts";

/** ISO, UTC. */
export const expiryProperty = "darkroom_expires_at";
/** The id of the image that the date was set on. */
export const expiryOfProperty = "darkroom_expiry_of";

/**
 * Undefined where there is none. Nova copies properties onto snapshots of servers booted from the image: a date that was set on another image is not
 * this one's, or people's own snapshots would go with the image that they once started from.
 */
export function expiresAt({ id, properties }: Pick<Image, "id" | "properties">): string | undefined {
  const ms = Date.parse(properties[expiryProperty] ?? "");
  return Number.isNaN(ms) || properties[expiryOfProperty] !== id ? undefined : new Date(ms).toISOString();
}

/** `wanted` null: no date. Empty where nothing is to be changed. */
export function expiryOperations(image: Pick<Image, "id" | "properties">, wanted: string | null): PatchOperation[] {
  if ((expiresAt(image) ?? null) === wanted) return [];
  if (wanted !== null) {
    return [
      { op: "add", path: `/${expiryProperty}`, value: wanted },
      { op: "add", path: `/${expiryOfProperty}`, value: image.id },
    ];
  }
  return [expiryProperty, expiryOfProperty]
    .filter((name) => image.properties[name] !== undefined)
    .map((name) => ({ op: "remove", path: `/${name}` }));
}
