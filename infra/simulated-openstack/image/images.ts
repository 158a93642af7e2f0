// One image: shown, deleted, put out of use and back.
import { own } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer } from "../http.ts";
import { type ImageCall, type ImageRoute, imageOf, isOwner, ownImageOf } from "./call.ts";
import { imageView } from "./image-view.ts";
import type { ImageRecord } from "./records.ts";
import { refuse } from "./refusals.ts";
import { canSee } from "./visibility.ts";

export const imageRoutes: ImageRoute[] = [
  ["GET", "/v2/images/{imageId}", (call) => ({ status: 200, json: imageView(imageOf(call)) })],
  ["DELETE", "/v2/images/{imageId}", deleteImage],
  ["POST", "/v2/images/{imageId}/actions/deactivate", (call) => changeUse(call, "active", "deactivated")],
  ["POST", "/v2/images/{imageId}/actions/reactivate", (call) => changeUse(call, "deactivated", "active")],
  ["GET", "/v2/images/{imageId}/tasks", (call) => tasks(call)],
];

/** 204, an image that is being taken included; 403 where it is protected or another's; 409 while servers are clones of it in Ceph. */
function deleteImage(call: ImageCall): Answer {
  const { core, parameters, viewer } = call;
  const id = parameters.imageId ?? "";
  const image = own(core.state.images, id);
  if (!image || !canSee(image, viewer)) throw refuse(404, `Failed to find image ${id} to delete`);
  if (!isOwner(call, image)) throw refuse(403, "You do not own this image");
  if (image.protected) throw refuse(403, `Image ${id} is protected and cannot be deleted.`);
  if (hasClones(core, image)) {
    throw refuse(
      409,
      `Image ${id} could not be deleted because it is in use: The image cannot be deleted because it is in use through the backend store outside of Glance.`,
    );
  }
  // Glance knows no way from the one to the other (glance/domain/__init__.py, valid_state_targets).
  if (core.state.policies.delayedDelete && image.status === "deactivated")
    throw refuse(400, "Image status transition from deactivated to pending_delete is not allowed");
  delete core.state.images[id];
  return { status: 204 };
}

/** Only raw images are cloned; of others Nova makes a copy. */
const hasClones = ({ state }: Core, { id, diskFormat }: ImageRecord): boolean =>
  state.imageStore === "rbd" &&
  diskFormat === "raw" &&
  Object.values(state.servers).some(({ imageId, deletedAt }) => imageId === id && deletedAt === null);

/** Measured on Zed: its owner may do so too. Not from every status: 403. */
function changeUse(call: ImageCall, from: "active" | "deactivated", to: "active" | "deactivated"): Answer {
  const image = ownImageOf(call);
  if (image.status === to) return { status: 204 };
  if (image.status !== from)
    throw refuse(
      403,
      `Not allowed to ${to === "active" ? "reactivate" : "deactivate"} image in status '${image.status}'`,
    );
  image.status = to;
  image.updatedAt = call.core.now();
  return { status: 204 };
}

function tasks(call: ImageCall): Answer {
  imageOf(call);
  return { status: 200, json: { tasks: [] } };
}
