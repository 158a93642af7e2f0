// What a volume remembers of the image that it was made of, `volume_image_metadata`.
import type { ImageRecord } from "../image/records.ts";

/** The image's properties and, beside them, these of its attributes as text (measured on Zed). */
export function imageMetadataOf(image: ImageRecord): Record<string, string> {
  return {
    signature_verified: "False",
    ...image.properties,
    image_id: image.id,
    image_name: image.name ?? "",
    checksum: image.checksum ?? "",
    container_format: image.containerFormat ?? "",
    disk_format: image.diskFormat ?? "",
    min_disk: String(image.minDiskGib),
    min_ram: String(image.minRamMib),
    size: String(image.sizeBytes ?? 0),
  };
}

const attributes = new Set([
  "image_id",
  "image_name",
  "checksum",
  "container_format",
  "disk_format",
  "min_disk",
  "min_ram",
  "size",
]);

/** What of it becomes properties again: of an image made of the volume, and of a server booted from it (nova/block_device.py, VIM_IMAGE_ATTRIBUTES). */
export function propertiesIn(imageMetadata: Record<string, string> | null): Record<string, string> {
  return Object.fromEntries(Object.entries(imageMetadata ?? {}).filter(([name]) => !attributes.has(name)));
}
