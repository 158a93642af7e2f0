// Whether a server can be booted from an image: what Nova finds at once, as 400. A disk too small for the image's virtual size shows only later.

import { own } from "../bodies.ts";
import type { ImageRecord } from "../image/records.ts";
import { canSee } from "../image/visibility.ts";
import type { ComputeCall } from "./call.ts";
import { checkImageProperties } from "./image-properties.ts";
import type { FlavorRecord } from "./records.ts";
import { refuse } from "./refusals.ts";

/** The image, if the caller's project can see it; a member that has not accepted may boot from it too (measured on Zed). */
export function bootableImage(
  { core, caller, projectId }: ComputeCall,
  imageId: string,
  missing = "Can not find requested image",
): ImageRecord {
  const image = own(core.state.images, imageId);
  if (!image || !canSee(image, { projectId, isAdmin: caller.isAdmin })) throw refuse(400, missing);
  if (image.status !== "active") throw refuse(400, `Image ${imageId} is not active.`);
  return image;
}

/** Measured on Zed: memory, bytes and `min_disk` against the flavor; then the values of the properties, which Glance does not check. */
export function checkFits(image: ImageRecord, flavor: FlavorRecord): void {
  checkImageProperties(image.properties);
  if (image.minRamMib > flavor.ramMib) throw refuse(400, "Flavor's memory is too small for requested image.");
  const diskBytes = flavor.diskGib * 2 ** 30;
  if (diskBytes === 0) return;
  if ((image.sizeBytes ?? 0) > diskBytes) {
    throw refuse(
      400,
      `Flavor's disk is too small for requested image. Flavor disk is ${diskBytes} bytes, image is ${image.sizeBytes} bytes.`,
    );
  }
  const minBytes = image.minDiskGib * 2 ** 30;
  if (minBytes > diskBytes) {
    throw refuse(
      400,
      `Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is ${diskBytes} bytes, minimum size is ${minBytes} bytes.`,
    );
  }
}
