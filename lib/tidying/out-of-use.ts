// An image out of use, so that nothing can begin to need it, and everything that we did to it taken back.
import { type Cloud, type Image, OpenStackFault } from "../openstack/index.ts";
import { deactivatedByUs, type StageRecord } from "./stage.ts";
import type { TidyingStore } from "./store.ts";

/** One that we put out of use ourselves is judged as if it were in use; by anybody else's hand it is kept as it is. */
export async function asBefore(image: Image, tidying: TidyingStore, provider: string): Promise<Image> {
  if (image.status !== "deactivated") return image;
  return judgedBy(await tidying.find(provider, image.id), image);
}

export function judgedBy(record: StageRecord | undefined, image: Image): Image {
  const ours = record && deactivatedByUs(record) && image.status === "deactivated";
  return ours ? { ...image, status: "active" } : image;
}

/** Back into use and shown, where it was us; never what somebody else did. */
export async function putBack(record: StageRecord | undefined, image: Image, cloud: Cloud): Promise<void> {
  await reactivate(record, image, cloud);
  if (record?.hiddenByUs && image.hidden)
    await cloud.image.patchImage(image.id, [{ op: "replace", path: "/os_hidden", value: false }]);
}

export async function reactivate(record: StageRecord | undefined, image: Image, cloud: Cloud): Promise<void> {
  if (record && deactivatedByUs(record) && image.status === "deactivated") await cloud.image.reactivateImage(image.id);
}

/**
 * A Glance that deletes with delay (`delayed_delete`) knows no way from `deactivated` to `pending_delete` and answers 400 (glance/domain/__init__.py, valid_state_targets): there it is
 * in use again for the moment between two calls.
 */
export async function deleteDeactivated(imageId: string, { image }: Cloud): Promise<void> {
  try {
    await image.deleteImage(imageId);
  } catch (error) {
    if (!(error instanceof OpenStackFault) || error.kind !== "badRequest") throw error;
    await image.reactivateImage(imageId);
    await image.deleteImage(imageId);
  }
}
