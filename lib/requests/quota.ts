// What a project may have and has of what images need, and what an image of one of its servers would need.
import type { Quota } from "../../events/quota.ts";
import { type Allowance, type Cloud, ifThere, type Server } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import { chooseFlavor } from "./flavor-choice.ts";
import { isBootedByUs, temporaryServerObstacles } from "./guest-obstacles.ts";
import { free, type Obstacle } from "./obstacle.ts";
import { imagesAtPeak, quotaObstacles } from "./obstacles.ts";

type Needs = NonNullable<Quota["needs"]>;

const mib = 2 ** 20;
const gib = 2 ** 30;
/** Images are counted up to here; of more the number is unknown. */
const maxCounted = 1_000;
const pageSize = 25;

export async function quotaOf(cloud: Cloud, projectId: string): Promise<Omit<Quota, "needs">> {
  const [usage, limits, counted] = await Promise.all([
    cloud.image.getUsage(),
    cloud.compute.getLimits(),
    countImages(cloud, projectId),
  ]);
  return {
    images: line(usage.count, 1, counted.images),
    imageBytes: line(usage.sizeMib, mib, counted.bytes),
    snapshots: { used: counted.snapshots },
    servers: line(limits.instances),
    vcpus: line(limits.cores),
    ramMib: line(limits.ramMib),
  };
}

/** Undefined where the project has no such server. */
export async function needsOf(
  cloud: Cloud,
  projectId: string,
  { serverId, preparation }: { serverId: string; preparation: Needs["preparation"] },
  policy: Policy,
): Promise<Needs | undefined> {
  const server = await serverOf(cloud, projectId, serverId);
  if (!server) return undefined;
  const images = imagesAtPeak({ preparation });
  const boots = isBootedByUs({ preparation }, policy);
  const [quota, temporary, flavors, limits] = await Promise.all([
    quotaObstacles(cloud, server, images),
    boots ? temporaryServerObstacles(cloud, server, policy) : [],
    boots ? cloud.compute.listFlavors() : [],
    cloud.compute.getLimits(),
  ]);
  const { diskGib } = server.flavor;
  const wanted = { virtualSizeBytes: diskGib * gib, minDiskGib: diskGib, minRamMib: 0 };
  const flavor = boots ? chooseFlavor(flavors, wanted, policy) : undefined;
  const obstacles = [...quota, ...temporary];
  const unknown = boots && Object.values(limits).some(({ limit, used }) => limit === "unknown" || used === "unknown");
  return {
    server: { id: server.id, name: server.name },
    preparation,
    images,
    imageBytes: images * diskGib * gib,
    servers: boots ? 1 : 0,
    vcpus: flavor?.vcpus ?? 0,
    ramMib: flavor?.ramMib ?? 0,
    flavor: flavor?.name ?? null,
    enough: enough(obstacles, unknown),
    obstacles,
  };
}

function enough(obstacles: readonly Obstacle[], unknown: boolean): Needs["enough"] {
  if (obstacles.some(({ level }) => level === "obstacle")) return "no";
  return unknown || obstacles.some(({ level }) => level === "unknown") ? "unknown" : "yes";
}

/** `counted`: what we found ourselves, for clouds that do not tell. */
function line({ limit, used }: Allowance, unit = 1, counted: number | "unknown" = "unknown"): Quota["images"] {
  const known = typeof used === "number" ? used * unit : counted;
  const left = free({ limit, used });
  return {
    used: known,
    limit: typeof limit === "number" ? limit * unit : limit,
    free: left === undefined ? (limit === "unlimited" ? "unlimited" : "unknown") : Math.max(0, left) * unit,
  };
}

type Counted = Record<"images" | "bytes" | "snapshots", number | "unknown">;

async function countImages(cloud: Cloud, owner: string): Promise<Counted> {
  const counted = { images: 0, bytes: 0, snapshots: 0 };
  for (const hidden of [false, true]) {
    for await (const image of cloud.image.listImages({ owner, visibility: "all", hidden, pageSize })) {
      if (counted.images >= maxCounted) return { images: "unknown", bytes: "unknown", snapshots: "unknown" };
      counted.images += 1;
      counted.bytes += image.sizeBytes ?? 0;
      if (image.properties.image_type === "snapshot") counted.snapshots += 1;
    }
  }
  return counted;
}

async function serverOf(cloud: Cloud, projectId: string, serverId: string): Promise<Server | undefined> {
  const server = await ifThere(cloud.compute.getServer(serverId));
  return server?.projectId === projectId ? server : undefined;
}
