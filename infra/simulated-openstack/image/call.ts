// A call to Glance that has been let in.
import { own } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer, Request } from "../http.ts";
import type { Caller } from "../identity/tokens.ts";
import type { Route } from "../routes.ts";
import type { ImageRecord } from "./records.ts";
import { noSuchImage, refuse } from "./refusals.ts";
import { canSee, type Viewer } from "./visibility.ts";

export type ImageCall = {
  core: Core;
  request: Request;
  parameters: Record<string, string>;
  caller: Caller;
  viewer: Viewer;
};

export type ImageRoute = Route<(call: ImageCall) => Answer>;

/** The image named in the path: 404 where it does not exist or cannot be seen, which are the same. */
export function imageOf({ core, parameters, viewer }: ImageCall): ImageRecord {
  const id = parameters.imageId ?? "";
  const image = own(core.state.images, id);
  if (!image || !canSee(image, viewer)) throw noSuchImage(id);
  return image;
}

/** As above, and 403 where it is somebody else's. */
export function ownImageOf(call: ImageCall): ImageRecord {
  const image = imageOf(call);
  if (!isOwner(call, image)) throw refuse(403, "You do not own this image");
  return image;
}

export const isOwner = ({ viewer }: ImageCall, image: ImageRecord): boolean =>
  viewer.isAdmin || image.owner === viewer.projectId;
