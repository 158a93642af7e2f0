// Where an image comes from: published by Darkroom, still being made, a snapshot of somebody's server, or brought by hand.
import type { Image } from "../openstack/index.ts";
import { markProperty, unfinishedName } from "../workflow/images.ts";

export type Origin = "published" | "unfinished" | "snapshot" | "other";

/**
 * Nova copies every property of an image onto the snapshots of servers booted from it, ours too (nova/compute/utils.py): what stands there of a publication is
 * of another image. A snapshot is told by what Nova writes on it alone, which `publish` removes.
 */
export function originOf(image: Pick<Image, "name" | "properties">): Origin {
  const { properties } = image;
  const mark = properties[markProperty];
  if (mark !== undefined && image.name === unfinishedName(mark)) return "unfinished";
  if (isSnapshot(image)) return "snapshot";
  return properties.darkroom_published_at !== undefined && properties.darkroom_request !== undefined
    ? "published"
    : "other";
}

function isSnapshot({ properties }: Pick<Image, "properties">): boolean {
  return properties.instance_uuid !== undefined || properties.image_type === "snapshot";
}
