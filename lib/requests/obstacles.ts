// What stands in the way of imaging a server: one list of rules, for the preflight and for the step `check` alike.
import type { ImageRequestBody } from "../../events/image-request.ts";
import { nameObstacles } from "../images/versions.ts";
import { type Cloud, type Image, ifThere, type Server } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import { guestObstacles, isBootedByUs, kernelObstacles, temporaryServerObstacles } from "./guest-obstacles.ts";
import { free, hint, type Obstacle, obstacle } from "./obstacle.ts";

export interface Findings {
  readonly obstacles: readonly Obstacle[];
  /** Absent where there is no such server for this project. */
  readonly server?: Server;
  /** The image that the server was booted from; absent where it is gone. */
  readonly baseImage?: Image;
}

/** Looks at the cloud with the requester's authority: six calls. Faults other than "not found" are thrown. */
export async function findObstacles(
  cloud: Cloud,
  projectId: string,
  asked: ImageRequestBody,
  policy: Policy,
): Promise<Findings> {
  const server = await ifThere(cloud.compute.getServer(asked.serverId));
  if (!server || server.projectId !== projectId) return { obstacles: [serverUnknown(asked.serverId)] };
  const [baseImage, nameTaken, quota, temporary] = await Promise.all([
    server.imageId === null ? undefined : ifThere(cloud.image.getImage(server.imageId)),
    nameObstacles(cloud, projectId, asked),
    quotaObstacles(cloud, server, imagesAtPeak(asked)),
    isBootedByUs(asked, policy) ? temporaryServerObstacles(cloud, server, policy) : [],
  ]);
  const obstacles = [
    ...serverObstacles(server, asked),
    ...nameTaken,
    ...quota,
    ...temporary,
    ...guestObstacles(server, baseImage, asked),
    ...(await kernelObstacles(cloud, baseImage, asked)),
    ...baseImageHints(server, baseImage),
  ];
  return baseImage ? { obstacles, server, baseImage } : { obstacles, server };
}

/** What of the server itself stands in the way; the rules that must still hold when it is about to be stopped. */
export function serverObstacles(server: Server, asked: Pick<ImageRequestBody, "consistency">): Obstacle[] {
  return [...diskObstacles(server), ...stateObstacles(server, asked), ...lockObstacles(server)];
}

/** The root disk must be one that Nova copies; everything else that hangs on the server would be left out of the image. */
export function diskObstacles(server: Server): Obstacle[] {
  if (server.imageId === null) {
    return [
      obstacle(
        "volume-backed",
        `The root disk of ${server.name} is a volume; Nova's snapshot of it would be an image without bytes.`,
        {
          field: "serverId",
          remedy: "Ask for an image of a server that was booted from an image.",
        },
      ),
    ];
  }
  if (server.volumesAttached.length === 0) return [];
  return [
    obstacle(
      "volumes-attached",
      `Volumes are attached to ${server.name} (${server.volumesAttached.join(", ")}); they are never part of an image.`,
      {
        field: "serverId",
        remedy: "Unmount and detach them, then ask again.",
      },
    ),
  ];
}

function stateObstacles(server: Server, asked: Pick<ImageRequestBody, "consistency">): Obstacle[] {
  const found: Obstacle[] = [];
  // Nova takes a snapshot of ACTIVE, SHUTOFF, PAUSED and SUSPENDED servers, but stops only ACTIVE ones (nova/compute/api.py).
  const allowed = asked.consistency === "stop" ? ["ACTIVE", "SHUTOFF"] : ["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED"];
  if (server.taskState !== null) {
    found.push({
      ...obstacle("busy", `${server.name} is busy: ${server.taskState}.`, {
        field: "serverId",
        remedy: "Wait until that is done.",
      }),
      passing: true,
    });
  }
  if (!allowed.includes(server.status)) {
    const why = server.fault ? ` (${server.fault.message})` : "";
    found.push(
      obstacle("wrong-state", `${server.name} is ${server.status}${why}; it must be ${allowed.join(" or ")}.`, {
        field: "serverId",
        remedy: remedyForState[server.status] ?? "Bring it back to ACTIVE or SHUTOFF first.",
      }),
    );
  }
  return found;
}

const remedyForState: Record<string, string> = {
  PAUSED: "Unpause it, or ask with consistency live.",
  SUSPENDED: "Resume it, or ask with consistency live.",
  SHELVED: "Unshelve it first.",
  SHELVED_OFFLOADED: "Unshelve it first.",
  ERROR: "Repair it first, for example with a hard reboot, or tell the support of this cloud.",
  RESCUE: "End the rescue first.",
  VERIFY_RESIZE: "Confirm or revert the resize first.",
};

function lockObstacles(server: Server): Obstacle[] {
  if (!server.locked) return [];
  const reason = server.lockedReason ? `: ${server.lockedReason}` : "";
  return [
    obstacle("locked", `${server.name} is locked${reason}.`, {
      field: "serverId",
      remedy: "Unlock it; where an administrator locked it, ask the support of this cloud.",
    }),
  ];
}

/** What the project may not have any more. */
export async function quotaObstacles(cloud: Cloud, server: Server, images: number): Promise<Obstacle[]> {
  const { count, sizeMib } = await cloud.image.getUsage();
  const remedy = "Delete images that the project no longer needs, or ask for more quota.";
  const found: Obstacle[] = [];
  const freeImages = free(count);
  if (freeImages !== undefined && freeImages < images) {
    const needs = images === 1 ? "one more is needed" : `${images} more are needed for a while`;
    found.push(
      obstacle("quota-images", `The project has ${count.used} of ${count.limit} images; ${needs}.`, { remedy }),
    );
  }
  const freeMib = free(sizeMib);
  if (freeMib !== undefined && freeMib < images * server.flavor.diskGib * 1024) {
    const times = images === 1 ? "" : `, and ${images} images of it are needed for a while`;
    const detail = `${freeMib} MiB of ${sizeMib.limit} MiB for images are free; the disk of ${server.name} has ${server.flavor.diskGib} GiB${times}.`;
    // How much of the disk is used is not known before; Glance lets the image that passes the limit be the last one.
    found.push(
      freeMib <= 0
        ? obstacle("quota-size", detail, { remedy })
        : { level: "unknown", code: "quota-size", detail, remedy },
    );
  }
  if (count.limit === "unknown" || sizeMib.limit === "unknown") {
    const detail = "This cloud does not tell how many images, and how large, the project may have.";
    found.push({
      level: "unknown",
      code: "quota-unknown",
      detail,
      remedy: "If the request fails for lack of quota, ask for more.",
    });
  }
  return found;
}

/** The snapshot, and the cleaned image beside it. */
export function imagesAtPeak({ preparation }: Pick<ImageRequestBody, "preparation">): number {
  return preparation === "clean" ? 2 : 1;
}

function baseImageHints(server: Server, baseImage: Image | undefined): Obstacle[] {
  if (server.imageId === null) return [];
  if (!baseImage) {
    return [
      hint(
        "base-image-gone",
        `The image that ${server.name} was booted from is gone; its hash will be missing in the provenance.`,
        "Nothing to do.",
      ),
    ];
  }
  const hints: Obstacle[] = [];
  if (baseImage.properties.hw_qemu_guest_agent !== "yes") {
    hints.push(
      hint(
        "no-guest-agent",
        "The base image does not say that it has the qemu-guest-agent.",
        "Install cloud-init and qemu-guest-agent in the server before it is imaged.",
      ),
    );
  }
  if (server.flavor.diskGib > 0) {
    hints.push(
      hint(
        "flavor-needed",
        `The image will need a flavor with a disk of at least ${server.flavor.diskGib} GiB.`,
        "For an image that fits smaller flavors, build it on a server of a smaller flavor.",
      ),
    );
  }
  return hints;
}

function serverUnknown(serverId: string): Obstacle {
  return obstacle("server-unknown", `There is no server ${serverId} in this project.`, {
    field: "serverId",
    remedy: "Give the id of a server of the project that your token is for.",
  });
}
