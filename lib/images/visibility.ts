// May the owner show an image to others, or to fewer? By the provider's policy, by what the image is, and by what staff said before.
import type { Image, Visibility } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { originOf } from "./origin.ts";

/** `staff`: only with their yes. `refused`: not at all; `field` where another value would do. */
export type VisibilityVerdict =
  | { readonly kind: "free" }
  | { readonly kind: "staff"; readonly detail: string; readonly remedy: string }
  | { readonly kind: "refused"; readonly code: string; readonly detail: string; readonly remedy: string };

/** Why an image, published as private, may not leave its project; written at its publication. */
export const privateOnlyProperty = "darkroom_private_only";

const width: Record<Visibility, number> = { private: 0, shared: 1, community: 2, public: 3 };

/**
 * Showing it to fewer is always free. `request`: the one that published the image, where it is known: what staff let it be published as needs no second yes.
 */
export function visibilityVerdict(
  image: Image,
  wanted: Visibility,
  policy: Pick<Policy, "visibilities" | "approvalNeededFor">,
  request?: Pick<ImageRequest, "asked" | "learned">,
): VisibilityVerdict {
  if (width[wanted] <= width[image.visibility]) return { kind: "free" };
  if (!policy.visibilities.includes(wanted)) {
    const detail = `This provider allows ${policy.visibilities.join(", ")}.`;
    return { kind: "refused", code: "not-allowed-here", detail, remedy: "Choose one of these." };
  }
  const secret = whyPrivateOnly(image);
  if (secret) {
    const remedy = "Ask for an image of the server with this visibility: it is cleaned and proven for that.";
    return { kind: "refused", code: "private-only", detail: secret, remedy };
  }
  if (wanted === "public") {
    const remedy = `Ask them: /v1/images/${image.id}/publicity.`;
    return { kind: "staff", detail: "Only staff make an image public.", remedy };
  }
  if (policy.approvalNeededFor.includes(wanted) && !wasGranted(image, wanted, request)) {
    const detail = `On this provider images that are ${wanted} need the yes of staff.`;
    return { kind: "staff", detail, remedy: "Ask for a new image, or a new version, with this visibility." };
  }
  return { kind: "free" };
}

/** As with a request's own visibility: what others see must be cleaned. An image that was brought by hand is its owner's affair. */
function whyPrivateOnly(image: Image): string | undefined {
  const { properties } = image;
  switch (originOf(image)) {
    case "snapshot":
      return "This is a snapshot of a server, with everything of its owner: nothing was removed from it.";
    case "unfinished":
      return "This image is not finished: it is not proven yet.";
    default:
      return properties.darkroom_preparation === "as-is"
        ? "This image was taken as it was: nothing was removed from it."
        : properties[privateOnlyProperty];
  }
}

function wasGranted(image: Image, wanted: Visibility, request: Pick<ImageRequest, "asked" | "learned"> | undefined) {
  return request?.learned.publish?.imageId === image.id && width[wanted] <= width[request.asked.visibility];
}
