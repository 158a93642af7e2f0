// What stands in the way of cleaning and proving an image in temporary servers: quota, flavors, and guests that our scripts do not suit.
import type { ImageRequestBody } from "../../events/image-request.ts";
import { type Cloud, type Image, ifThere, type Server } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import { chooseFlavor, noFlavor } from "./flavor-choice.ts";
import { free, hint, type Obstacle, obstacle } from "./obstacle.ts";

export function isBootedByUs(asked: Pick<ImageRequestBody, "preparation">, policy: Pick<Policy, "proveAsIs">): boolean {
  return asked.preparation === "clean" || policy.proveAsIs;
}

/** One temporary server at a time stands beside the requester's own. */
export async function temporaryServerObstacles(cloud: Cloud, server: Server, policy: Policy): Promise<Obstacle[]> {
  const [flavors, limits] = await Promise.all([cloud.compute.listFlavors(), cloud.compute.getLimits()]);
  const needs = { virtualSizeBytes: server.flavor.diskGib * 2 ** 30, minDiskGib: server.flavor.diskGib, minRamMib: 0 };
  const flavor = chooseFlavor(flavors, needs, policy);
  if (!flavor) {
    const { detail, remedy = "" } = noFlavor(needs, policy);
    return [obstacle("no-flavor", detail, { remedy })];
  }
  const found: Obstacle[] = [];
  const short = [
    { what: "servers", free: free(limits.instances), needed: 1 },
    { what: "vCPUs", free: free(limits.cores), needed: flavor.vcpus },
    { what: "MiB of memory", free: free(limits.ramMib), needed: flavor.ramMib },
  ].filter((each) => each.free !== undefined && each.free < each.needed);
  for (const each of short) {
    const detail = `A temporary server (${flavor.name}) needs ${each.needed} ${each.what}; ${Math.max(0, each.free ?? 0)} are free in the project.`;
    found.push(
      obstacle("quota-servers", detail, { remedy: "Delete servers that are not needed, or ask for more quota." }),
    );
  }
  found.push(
    hint(
      "temporary-server",
      `The image is booted in a temporary server (${flavor.name}) for some minutes, which costs the project its credits.`,
      "Nothing to do.",
    ),
  );
  return found;
}

/** Of the guest itself, as far as its image's properties tell. */
export function guestObstacles(server: Server, baseImage: Image | undefined, asked: ImageRequestBody): Obstacle[] {
  const properties = baseImage?.properties ?? {};
  const found: Obstacle[] = [];
  if (asked.preparation === "clean" && properties.os_type === "windows") {
    found.push(
      obstacle("windows", `${server.name} runs Windows, which cannot be cleaned: our scripts are for Unix.`, {
        field: "preparation",
        remedy: "Ask for as-is, a private image; generalise it with sysprep yourself.",
      }),
    );
  }
  if (properties.hw_tpm_version !== undefined) {
    found.push(
      hint(
        "vtpm",
        "The server has a virtual TPM; what is kept in it is not part of an image.",
        "See that the guest starts without it.",
      ),
    );
  }
  if (properties.hw_firmware_type === "uefi") {
    found.push(
      hint(
        "uefi",
        "The server boots by UEFI; its variables (boot entries, keys) are not part of an image.",
        "See that the guest starts from the default boot path.",
      ),
    );
  }
  return found;
}

/** A server booted by a kernel of its own needs that kernel's image, and the ramdisk's, wherever its image is to be booted. */
export async function kernelObstacles(
  cloud: Cloud,
  baseImage: Image | undefined,
  asked: Pick<ImageRequestBody, "visibility">,
): Promise<Obstacle[]> {
  const { kernel_id, ramdisk_id } = baseImage?.properties ?? {};
  const ids = [kernel_id, ramdisk_id].filter((id): id is string => Boolean(id) && id !== "nokernel");
  if (asked.visibility === "private" || ids.length === 0) return [];
  const hidden: string[] = [];
  for (const id of ids) if (!(await isReadableByAll(cloud, id))) hidden.push(id);
  if (hidden.length === 0) return [];
  return [
    obstacle(
      "kernel-not-shared",
      `The server boots with a kernel or ramdisk of its own (${hidden.join(", ")}) that others cannot read.`,
      { field: "visibility", remedy: "Have these images made community or public first, or ask for a private image." },
    ),
  ];
}

async function isReadableByAll(cloud: Cloud, imageId: string): Promise<boolean> {
  const image = await ifThere(cloud.image.getImage(imageId));
  return image !== undefined && ["public", "community"].includes(image.visibility);
}
