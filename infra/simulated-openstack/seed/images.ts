// The demo's flavors and images.
import { createHash } from "node:crypto";
import type { FlavorRecord } from "../compute/records.ts";
import type { Family, Life } from "../guest/records.ts";
import type { ImageRecord } from "../image/records.ts";
import { demoIds } from "./ids.ts";

const gib = 2 ** 30;
const mib = 2 ** 20;
const dayMs = 86_400_000;

export function seedFlavors(): Record<string, FlavorRecord> {
  const sizes = [
    { name: "m1.nano", vcpus: 1, ramMib: 128, diskGib: 1 },
    { name: "m1.tiny", vcpus: 1, ramMib: 512, diskGib: 2 },
    { name: "m1.small", vcpus: 1, ramMib: 2048, diskGib: 20 },
    { name: "m1.medium", vcpus: 2, ramMib: 4096, diskGib: 40 },
  ] as const;
  const flavors = sizes.map((size) => ({
    id: demoIds.flavors[size.name],
    ...size,
    ephemeralGib: 0,
    swapMib: 0,
    extraSpecs: {},
  }));
  return Object.fromEntries(flavors.map((flavor) => [flavor.id, flavor]));
}

export function seedImages(nowMs: number): Record<string, ImageRecord> {
  const linux = { hw_disk_bus: "virtio", hw_rng_model: "virtio", os_type: "linux" };
  const images = [
    image("debian-12", 1, nowMs, {
      properties: { ...linux, hw_qemu_guest_agent: "yes", os_distro: "debian", os_version: "12" },
      sizeBytes: 128_450_560,
      virtualSizeBytes: 2 * gib,
      usedBytes: 355 * mib,
    }),
    image("ubuntu-24.04", 2, nowMs, {
      properties: {
        ...linux,
        hw_qemu_guest_agent: "yes",
        os_distro: "ubuntu",
        os_version: "24.04",
        "owner_specified.openstack.object": "images/ubuntu-24.04",
      },
      sizeBytes: 600 * mib,
      virtualSizeBytes: 3.5 * gib,
      usedBytes: 700 * mib,
    }),
    image("rocky-9-minimal", 3, nowMs, {
      properties: { ...linux, os_distro: "rocky", os_version: "9" },
      sizeBytes: 520 * mib,
      virtualSizeBytes: 10 * gib,
      usedBytes: 600 * mib,
    }),
    image("windows-2022", 4, nowMs, {
      properties: {
        hw_disk_bus: "sata",
        hw_vif_model: "e1000",
        os_type: "windows",
        os_distro: "windows",
        os_version: "2022",
      },
      sizeBytes: 5 * gib,
      virtualSizeBytes: 20 * gib,
      usedBytes: 9 * gib,
      minRamMib: 2048,
    }),
    {
      ...image("taken-name", 5, nowMs, {
        properties: { os_distro: "debian" },
        sizeBytes: 300 * mib,
        virtualSizeBytes: 2 * gib,
        usedBytes: 300 * mib,
      }),
      owner: demoIds.projects["astro-lab"],
      visibility: "private" as const,
    },
  ];
  return Object.fromEntries(images.map((one) => [one.id, one]));
}

type Look = {
  properties: Record<string, string>;
  sizeBytes: number;
  virtualSizeBytes: number;
  usedBytes: number;
  minRamMib?: number;
  lives?: Life[];
};

const familyOf = ({ os_distro }: Record<string, string>): Family =>
  os_distro === "windows" ? "windows" : os_distro === "rocky" ? "redhat" : "debian";

/** Public, active, some weeks old. Its hash is that of its name, for there are no bytes. */
export function image(name: keyof typeof demoIds.images, sequence: number, nowMs: number, look: Look): ImageRecord {
  const createdAt = nowMs - (60 - sequence) * dayMs;
  return {
    id: demoIds.images[name],
    name,
    owner: demoIds.projects.admin,
    status: "active",
    visibility: "public",
    diskFormat: "qcow2",
    containerFormat: "bare",
    minDiskGib: Math.ceil(look.virtualSizeBytes / gib),
    minRamMib: look.minRamMib ?? 0,
    sizeBytes: look.sizeBytes,
    virtualSizeBytes: look.virtualSizeBytes,
    checksum: createHash("md5").update(name).digest("hex"),
    hashValue: createHash("sha512").update(name).digest("hex"),
    protected: false,
    hidden: false,
    tags: [],
    properties: look.properties,
    createdAt,
    updatedAt: createdAt,
    sequence,
    members: {},
    content: null,
    disk: {
      usedBytes: look.usedBytes,
      obeysAcpi: true,
      system: { family: familyOf(look.properties), lives: look.lives ?? [] },
    },
  };
}
