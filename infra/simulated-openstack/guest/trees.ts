// The tree of a server's or an image's disk: copied, or laid from what is known of its system, the first time that somebody needs it.
import type { ServerRecord } from "../compute/records.ts";
import type { Core } from "../core.ts";
import type { ImageRecord } from "../image/records.ts";
import { bootSystem, firstBoot, hasCloudInit, recordResult } from "./first-boot.ts";
import { layTree } from "./lay-tree.ts";
import { debian } from "./layouts/debian.ts";
import { leaveThings } from "./layouts/person.ts";
import { redhat } from "./layouts/redhat.ts";
import type { Life, System } from "./records.ts";

/** A server that was rebuilt has another disk than before. */
export const diskKeyOf = (server: ServerRecord): string => server.guest.diskKey ?? server.id;

/** Its path; undefined where there is nothing that could be laid: Windows, an image that somebody uploaded, a volume. */
export function treeOfServer(core: Core, server: ServerRecord): string | undefined {
  const { disks } = core.guests;
  const key = diskKeyOf(server);
  if (disks.has(key)) return disks.pathOf(key);
  const { system, fresh } = server.guest;
  if (fresh && server.imageId !== null && disks.has(server.imageId)) return disks.copy(server.imageId, key);
  return system && layable(system)
    ? disks.make(key, (root) => laySystem(root, { ...system, lives: livesOf(server) }))
    : undefined;
}

export function treeOfImage(core: Core, image: ImageRecord): string | undefined {
  const { disks } = core.guests;
  if (disks.has(image.id)) return disks.pathOf(image.id);
  const system = image.disk?.system;
  return system && layable(system) ? disks.make(image.id, (root) => laySystem(root, system)) : undefined;
}

/** By the id of either; an error where its disk is none that could be a tree. */
export function diskOf(core: Core, id: string): string {
  core.settle();
  const { images, servers } = core.state;
  const image = images[id];
  const server = servers[id];
  const root = server ? treeOfServer(core, server) : image && treeOfImage(core, image);
  if (root === undefined) throw new Error(`neither server nor image with a tree: ${id}`);
  return root;
}

/** The image gets a copy of the server's tree where it has one, else what is known of its system, from which the same tree follows. */
export function snapshotDisk(core: Core, server: ServerRecord, image: ImageRecord): void {
  const { disks } = core.guests;
  const { system, fresh } = server.guest;
  if (image.disk && system) image.disk.system = { ...system, lives: livesOf(server) };
  const fromImage = fresh && server.imageId !== null && disks.has(server.imageId);
  if (disks.has(diskKeyOf(server)) || fromImage) {
    treeOfServer(core, server);
    disks.copy(diskKeyOf(server), image.id);
  }
}

/** Of a server that has never run nothing stands on its disk. */
function livesOf(server: ServerRecord): Life[] {
  const lives = server.guest.system?.lives ?? [];
  if (server.guest.fresh || lives.at(-1)?.instanceId === server.id) return lives;
  return [...lives, lifeOf(server)].slice(-rememberedLives);
}

export const lifeOf = (server: ServerRecord): Life => ({
  instanceId: server.id,
  hostname: server.hostname,
  // Without a config drive it cannot be seen: this cloud has no network.
  userData: server.configDrive ? server.userData : null,
  person: null,
});

const rememberedLives = 8;

const layable = ({ family }: System): boolean => family !== "windows";

function laySystem(root: string, { family, lives }: System): void {
  layTree(root, family === "redhat" ? redhat : debian);
  for (const life of lives) {
    bootSystem(root, life.instanceId);
    if (hasCloudInit(root)) {
      firstBoot(root, life);
      recordResult(root, "DataSourceConfigDrive [net,ver=2][source=/dev/sr0]");
    }
    if (life.person !== null) leaveThings(root, life.person);
  }
}
