// The fixed ids of the demo's things: project 9…, user 5…, role 7…, flavor f…, image a…, server e…, volume c….

const hex = (kind: string, number: number): string =>
  `${kind}${"0".repeat(11)}40008${"0".repeat(10)}${String(number).padStart(5, "0")}`;
const uuid = (kind: string, number: number): string =>
  hex(kind, number).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

export const demoIds = {
  projects: {
    "astro-lab": hex("9", 1),
    "bio-lab": hex("9", 2),
    imaging: hex("9", 3),
    staff: hex("9", 4),
    admin: hex("9", 5),
  },
  users: {
    alice: hex("5", 1),
    bob: hex("5", 2),
    carol: hex("5", 3),
    darkroom: hex("5", 4),
    admin: hex("5", 5),
    directory: hex("5", 6),
    fay: hex("5", 7),
  },
  roles: { admin: hex("7", 1), member: hex("7", 2), reader: hex("7", 3), "imaging-staff": hex("7", 4) },
  flavors: {
    "m1.nano": uuid("f", 1),
    "m1.tiny": uuid("f", 2),
    "m1.small": uuid("f", 3),
    "m1.medium": uuid("f", 4),
  },
  images: {
    "debian-12": uuid("a", 1),
    "ubuntu-24.04": uuid("a", 2),
    "rocky-9-minimal": uuid("a", 3),
    "windows-2022": uuid("a", 4),
    "taken-name": uuid("a", 5),
    "shelved-1-shelved": uuid("a", 6),
  },
  servers: {
    "analysis-1": uuid("e", 1),
    "stopped-1": uuid("e", 2),
    "busy-1": uuid("e", 3),
    "locked-by-owner-1": uuid("e", 4),
    "locked-by-admin-1": uuid("e", 5),
    "volume-backed-1": uuid("e", 6),
    "with-data-volume-1": uuid("e", 7),
    "error-1": uuid("e", 8),
    "shelved-1": uuid("e", 9),
    "paused-1": uuid("e", 10),
    "ignores-acpi-1": uuid("e", 11),
    "windows-1": uuid("e", 12),
    "no-agent-1": uuid("e", 13),
    "genome-1": uuid("e", 14),
  },
  volumes: { "volume-backed-1-root": uuid("c", 1), "survey-data": uuid("c", 2), spare: uuid("c", 3) },
} as const;
