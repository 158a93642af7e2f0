// An image as Glance shows it: its own properties and the core attributes side by side.
import { isoSeconds } from "../clock.ts";
import type { ImageRecord } from "./records.ts";

export const imageView = (image: ImageRecord): Record<string, unknown> => ({
  ...image.properties,
  name: image.name,
  disk_format: image.diskFormat,
  container_format: image.containerFormat,
  visibility: image.visibility,
  size: image.sizeBytes,
  virtual_size: image.virtualSizeBytes,
  status: image.status,
  checksum: image.checksum,
  protected: image.protected,
  min_ram: image.minRamMib,
  min_disk: image.minDiskGib,
  owner: image.owner,
  os_hidden: image.hidden,
  os_hash_algo: image.hashValue === null ? null : "sha512",
  os_hash_value: image.hashValue,
  id: image.id,
  created_at: isoSeconds(image.createdAt),
  updated_at: isoSeconds(image.updatedAt),
  tags: image.tags,
  self: `/v2/images/${image.id}`,
  file: `/v2/images/${image.id}/file`,
  schema: "/v2/schemas/image",
  ...(["active", "deactivated"].includes(image.status) && { stores: "file" }),
});
