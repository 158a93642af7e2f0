// Reads what uses images: every server, every volume, every live request. All of it or nothing: a list that ends half-way throws.
import type { Cloud, Server, Token } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { isImage, isMade } from "../requests/ledger-entry.ts";
import type { Runtime } from "../runtime.ts";
import type { Known, Restless } from "./known.ts";

/** With whose eyes a provider is looked at. */
export interface Eyes {
  readonly cloud: Cloud;
  /** The operator's credential: it sees, or should see, every project. */
  readonly isStaff: boolean;
}

export function eyesOf(provider: Pick<Provider, "staff" | "service">, bounded: (cloud: Cloud) => Cloud): Eyes {
  return provider.staff
    ? { cloud: bounded(provider.staff), isStaff: true }
    : { cloud: bounded(provider.service), isStaff: false };
}

/** So many servers and volumes a page. */
const pageSize = 1000;

/** @throws OpenStackFault, CannotSee */
export async function survey(
  { cloud, isStaff }: Eyes,
  provider: string,
  store: Runtime["store"],
  nowMs: number,
): Promise<Known> {
  const token = await cloud.token();
  const [servers, volumes, liveImages] = await Promise.all([
    surveyServers(cloud, isStaff, nowMs),
    surveyVolumes(cloud, isStaff, token, nowMs),
    surveyRequests(provider, store),
  ]);
  return {
    seesAllProjects: isStaff,
    projectId: token.project?.id ?? "",
    usedByServers: servers.images,
    restless: servers.restless,
    usedByVolumes: volumes.images,
    makingVolumes: new Set([...servers.making, ...volumes.making]),
    liveImages,
  };
}

/** Thrown where a credential does not see what it must: not knowing is not "unused". */
export class CannotSee extends Error {}

/** Statuses in which a server's disk is where it belongs, and nothing is on its way. */
const atRest = ["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED"];

/** Undefined of a server that is at rest. */
export function restlessness({ status, taskState }: Pick<Server, "status" | "taskState">): Restless | undefined {
  return atRest.includes(status) && taskState === null ? undefined : { status, taskState };
}

async function surveyServers(cloud: Cloud, allProjects: boolean, nowMs: number) {
  const images = new Set<string>();
  const restless = new Map<string, Restless>();
  const making = new Set<string>();
  for await (const server of everyServer(cloud, { allProjects, pageSize })) {
    if (server.imageId !== null) images.add(server.imageId);
    const unrest = restlessness(server);
    if (unrest) restless.set(server.id, unrest);
    // Booted from a volume that Nova has yet to have made: no API says of which image.
    const unnamed = server.imageId === null && server.volumesAttached.length === 0;
    if (unnamed && server.status === "BUILD" && isYoung(server, nowMs)) making.add(server.projectId);
  }
  return { images, restless, making };
}

/**
 * A server that its owner deleted and can have restored stands in no plain list (nova/db/main/api.py, instance_get_all_by_filters_sort); among the changes it does, to whoever
 * may see it. Looked for before and after the others, so that one that is deleted or restored meanwhile is met either way.
 */
async function* everyServer(cloud: Cloud, where: { allProjects: boolean; pageSize: number }) {
  const restorable = { ...where, status: "SOFT_DELETED", changesSince: "1970-01-01T00:00:00Z" };
  for (const filter of [restorable, where, restorable]) yield* cloud.compute.listServers(filter);
}

/** A volume or server that is "being made" for longer is stuck. */
const madeWithinMs = 86_400_000;

function isYoung({ createdAt }: { createdAt: string }, nowMs: number): boolean {
  return nowMs - Date.parse(createdAt) < madeWithinMs;
}

/** A cloud without Cinder has no volumes. */
async function surveyVolumes(cloud: Cloud, allProjects: boolean, token: Token, nowMs: number) {
  const images = new Set<string>();
  const making = new Set<string>();
  const hasCinder = token.catalog.some(({ type }) => /volume|block-stor/.test(type));
  if (!hasCinder) return { images, making };
  let othersSeen = false;
  let bootable = 0;
  for await (const volume of cloud.volume.listVolumes({ allProjects, pageSize })) {
    if (volume.projectId !== null && volume.projectId !== token.project?.id) othersSeen = true;
    if (volume.bootable) bootable += 1;
    if (volume.imageId !== null) images.add(volume.imageId);
    else if (isBeingMade(volume.status) && isYoung(volume, nowMs)) making.add(volume.projectId ?? "");
  }
  // Cinder drops `all_tenants` silently for whoever may not ask it.
  if (allProjects && !othersSeen && !token.roles.some(({ name }) => name === "admin")) {
    throw new CannotSee("the staff credential is no administrator's, and Cinder shows it no other project's volumes");
  }
  if (bootable > 0 && images.size === 0) {
    throw new CannotSee("Cinder does not show of which images its bootable volumes were made");
  }
  return { images, making };
}

/** `downloading`: the image's bytes are on their way; the image is named once they are there (cinder/volume/flows/manager/create_volume.py). */
function isBeingMade(status: string): boolean {
  return ["creating", "downloading"].includes(status);
}

async function surveyRequests(provider: string, store: Runtime["store"]): Promise<ReadonlySet<string>> {
  const images = new Set<string>();
  for await (const request of store.live()) {
    if (request.provider === provider) for (const id of imagesOf(request)) images.add(id);
  }
  return images;
}

/** Every image that a request made, boots from, or was made of. */
export function imagesOf({ ledger, learned }: Pick<ImageRequest, "ledger" | "learned">): string[] {
  const made = ledger.filter(isMade).map((entry) => (isImage(entry) ? entry.thingId : entry.imageId));
  const { check, capture, sanitize, publish } = learned;
  const known = [check?.baseImage?.id, capture?.snapshotId, sanitize?.imageId, publish?.imageId];
  return [...made, ...known].filter((id): id is string => id !== undefined);
}
