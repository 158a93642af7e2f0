// The demo's volumes: the root of the server that is booted from one, one with data, one that nobody uses.
import { imageMetadataOf } from "../volume/image-metadata.ts";
import type { VolumeRecord } from "../volume/records.ts";
import { demoIds } from "./ids.ts";
import { seedImages } from "./images.ts";

const dayMs = 86_400_000;

export function seedVolumes(nowMs: number): Record<string, VolumeRecord> {
  const { images } = demoIds;
  const debian = seedImages(nowMs)[images["debian-12"]];
  const all = [
    volume("volume-backed-1-root", 20, 1, nowMs, {
      imageMetadata: debian ? imageMetadataOf(debian) : null,
      usedBytes: debian?.disk?.usedBytes ?? 0,
    }),
    volume("survey-data", 100, 2, nowMs),
    volume("spare", 10, 3, nowMs),
  ];
  return Object.fromEntries(all.map((one) => [one.id, one]));
}

/** Alice's, some days old. */
function volume(
  name: keyof typeof demoIds.volumes,
  sizeGib: number,
  sequence: number,
  nowMs: number,
  look: Partial<VolumeRecord> = {},
): VolumeRecord {
  const createdAt = nowMs - (20 - sequence) * dayMs;
  return {
    id: demoIds.volumes[name],
    name,
    description: null,
    projectId: demoIds.projects["astro-lab"],
    userId: demoIds.users.alice,
    sizeGib,
    status: "available",
    metadata: {},
    snapshotId: null,
    imageMetadata: null,
    usedBytes: 0,
    createdAt,
    updatedAt: createdAt,
    sequence,
    ...look,
  };
}
