// The demo's servers: one for each state that a request for an image may meet.
import { libvirtDefaults } from "../compute/inherit.ts";
import { type FlavorRecord, power, type ServerRecord } from "../compute/records.ts";
import { hostId } from "../compute/steps.ts";
import type { Life } from "../guest/records.ts";
import type { ImageRecord } from "../image/records.ts";
import type { SeedDocument } from "../seed.ts";
import { demoIds } from "./ids.ts";
import { image, seedFlavors, seedImages } from "./images.ts";
import { seedVolumes } from "./volumes.ts";

const dayMs = 86_400_000;
type ServerName = keyof typeof demoIds.servers;

/** With the volumes that they use and the image that the shelved one consists of. */
export function seedServers(nowMs: number): Pick<SeedDocument, "servers" | "volumes" | "images"> {
  const make = (name: ServerName, imageName: BaseImage, changes: Partial<ServerRecord> = {}) =>
    server(name, imageName, nowMs, changes);
  const off = { vmState: "stopped", powerState: power.shutdown } as const;
  const { projects, users, volumes, images } = demoIds;
  const servers = [
    make("analysis-1", "debian-12"),
    make("stopped-1", "debian-12", off),
    make("busy-1", "debian-12", { taskState: "image_uploading" }),
    make("locked-by-owner-1", "debian-12", { lockedBy: "owner", lockedReason: "a run of three weeks, do not touch" }),
    make("locked-by-admin-1", "debian-12", { lockedBy: "admin", lockedReason: "under investigation" }),
    make("volume-backed-1", null, { attachments: [attachment(volumes["volume-backed-1-root"], "/dev/vda", 1)] }),
    make("with-data-volume-1", "ubuntu-24.04", { attachments: [attachment(volumes["survey-data"], "/dev/vdb", 2)] }),
    make("error-1", "debian-12", {
      vmState: "error",
      powerState: power.none,
      fault: {
        code: 500,
        message: "internal error: process exited while connecting to monitor",
        at: nowMs - dayMs,
        details: "libvirt.libvirtError",
      },
    }),
    make("shelved-1", "debian-12", {
      vmState: "shelved_offloaded",
      powerState: power.shutdown,
      hostId: "",
      shelvedImageId: images["shelved-1-shelved"],
    }),
    make("paused-1", "debian-12", { vmState: "paused", powerState: power.paused }),
    withGuest(make("ignores-acpi-1", "debian-12"), { obeysAcpi: false }),
    make("windows-1", "windows-2022"),
    make("no-agent-1", "rocky-9-minimal"),
    make("genome-1", "ubuntu-24.04", { projectId: projects["bio-lab"], userId: users.bob }),
  ];
  const shelved = servers.find(({ shelvedImageId }) => shelvedImageId !== null);
  const all: ImageRecord[] = [...Object.values(seedImages(nowMs)), ...(shelved ? [onlyDiskOf(shelved, nowMs)] : [])];
  return {
    servers: Object.fromEntries(servers.map((one) => [one.id, one])),
    volumes: seedVolumes(nowMs),
    images: Object.fromEntries(all.map((one) => [one.id, one])),
  };
}

type BaseImage = keyof typeof demoIds.images | null;

/** Running, made by alice some days ago; `imageName` null: booted from a volume. */
function server(name: ServerName, imageName: BaseImage, nowMs: number, changes: Partial<ServerRecord>): ServerRecord {
  const base = imageName === null ? null : (seedImages(nowMs)[demoIds.images[imageName]] ?? null);
  const createdAt = nowMs - (20 - Object.keys(demoIds.servers).indexOf(name)) * dayMs;
  return {
    id: demoIds.servers[name],
    name,
    description: null,
    hostname: name,
    projectId: demoIds.projects["astro-lab"],
    userId: demoIds.users.alice,
    imageId: base?.id ?? null,
    systemMetadata: {
      ...base?.properties,
      base_image_ref: base?.id ?? "",
      owner_user_name: changes.userId === demoIds.users.bob ? "bob" : "alice",
      owner_project_name: changes.projectId === demoIds.projects["bio-lab"] ? "bio-lab" : "astro-lab",
      boot_roles: "member,reader",
      ...Object.fromEntries(Object.entries(libvirtDefaults).filter(([key]) => base?.properties[key] === undefined)),
    },
    flavor: smallFlavor(),
    vmState: "active",
    taskState: null,
    powerState: power.running,
    lockedBy: null,
    lockedReason: null,
    createdAt,
    updatedAt: createdAt + 4000,
    launchedAt: createdAt + 4000,
    deletedAt: null,
    metadata: {},
    tags: [],
    keyName: null,
    configDrive: true,
    userData: null,
    hostId,
    fault: null,
    attachments: [],
    shelvedImageId: null,
    guest: {
      obeysAcpi: base?.disk?.obeysAcpi ?? true,
      diskBytes: base?.disk?.usedBytes ?? 0,
      console: `[    0.000000] Linux version 6.1.0-amd64\n\n${name} login: `,
      snapshotFailure: null,
      ...(base?.disk?.system && { system: { ...base.disk.system, lives: [lifeOf(name, changes)] } }),
    },
    operation: null,
    actions: [],
    ...changes,
  };
}

function smallFlavor(): FlavorRecord {
  const small = seedFlavors()[demoIds.flavors["m1.small"]];
  if (!small) throw new Error("the demo has no flavor m1.small");
  return small;
}

const lifeOf = (name: ServerName, { userId }: Partial<ServerRecord>): Life => ({
  instanceId: demoIds.servers[name],
  hostname: name,
  userData: null,
  person: userId === demoIds.users.bob ? "bob" : "alice",
});

const withGuest = (one: ServerRecord, guest: Partial<ServerRecord["guest"]>): ServerRecord => ({
  ...one,
  guest: { ...one.guest, ...guest },
});

const attachment = (volumeId: string, device: string, number: number): ServerRecord["attachments"][number] => ({
  volumeId,
  attachmentId: `d0000000-0000-4000-8000-00000000000${number}`,
  bdmUuid: `d0000000-0000-4000-8000-00000000001${number}`,
  device,
  tag: null,
  deleteOnTermination: false,
});

/** As Nova leaves it: nothing but `instance_uuid` says that it is the only disk of a shelved server. */
function onlyDiskOf(shelved: ServerRecord, nowMs: number): ImageRecord {
  const properties = {
    ...shelved.systemMetadata,
    instance_uuid: shelved.id,
    user_id: shelved.userId,
    image_type: "snapshot",
    image_location: "snapshot",
    image_state: "available",
    owner_id: shelved.projectId,
  };
  const { diskGib } = shelved.flavor;
  const look = {
    properties,
    sizeBytes: shelved.guest.diskBytes,
    virtualSizeBytes: diskGib * 2 ** 30,
    usedBytes: shelved.guest.diskBytes,
    lives: shelved.guest.system?.lives ?? [],
  };
  return { ...image("shelved-1-shelved", 6, nowMs, look), owner: shelved.projectId, visibility: "private" };
}
