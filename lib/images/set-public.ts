// The one thing that the operator's credential does to an image that is not tidied up: it makes it public.
import { log } from "../log.ts";
import { type Cloud, type Image, OpenStackFault } from "../openstack/index.ts";

/**
 * With the operator's credential: a plain owner may not (403, measured on Zed). That it is refused is the operator's to mend, so it counts as a service that is away:
 * whoever waits for it waits, and nobody reads that *their* token were wrong. `notFound` where the image is gone.
 */
export async function setPublic(staff: Cloud, imageId: string): Promise<Image> {
  try {
    return await staff.image.patchImage(imageId, [{ op: "replace", path: "/visibility", value: "public" }]);
  } catch (error) {
    if (!(error instanceof OpenStackFault) || !["credentialRevoked", "forbidden"].includes(error.kind)) throw error;
    log.error("the staff credential cannot make an image public", { imageId, fault: error.message });
    const { service, method, path, status, requestId } = error;
    const detail =
      "it does not let Darkroom's staff credential make images public; the operator must look at `staffCloud`";
    throw new OpenStackFault({ kind: "unavailable", service, method, path, status, requestId, detail, cause: error });
  }
}
