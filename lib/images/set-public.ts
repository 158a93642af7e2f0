// The one thing that the operator's credential does to an image that is not tidied up: it makes it public.
import type { Cloud, Image } from "../openstack/index.ts";
import { withOurCredential } from "../providers/own-credential.ts";

/** With the operator's credential: a plain owner may not (403, measured on Zed). `notFound` where the image is gone. */
export function setPublic(staff: Cloud, imageId: string): Promise<Image> {
  const asked = staff.image.patchImage(imageId, [{ op: "replace", path: "/visibility", value: "public" }]);
  return withOurCredential(asked, { entry: "staffCloud", may: "make images public" });
}
