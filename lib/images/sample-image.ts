// For tests: an image as Glance would tell of it.
import type { Image } from "../openstack/index.ts";

export function anImage(more: Partial<Image> = {}): Image {
  return {
    id: "0b0e6a5e-1111-4111-8111-111111111111",
    name: "sample",
    status: "active",
    visibility: "private",
    owner: "project-1",
    sizeBytes: 1000,
    virtualSizeBytes: 2 ** 31,
    minDiskGib: 2,
    minRamMib: 0,
    diskFormat: "qcow2",
    containerFormat: "bare",
    checksum: null,
    hashAlgo: "sha512",
    hashValue: "99f15c43",
    tags: [],
    protected: false,
    hidden: false,
    createdAt: "2026-02-01T00:00:00.000Z",
    updatedAt: "2026-02-01T00:00:00.000Z",
    properties: {},
    ...more,
  };
}
