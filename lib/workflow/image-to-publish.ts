// The image that the later steps work on: the snapshot, until a step makes a cleaner one of it.
import { type Cloud, type Image, ifThere } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { type Problem, problem } from "../requests/problem.ts";

/** Undefined where it is gone. */
export async function imageToPublish(cloud: Cloud, request: ImageRequest): Promise<Image | undefined> {
  const id = request.learned.sanitize?.imageId ?? request.learned.capture?.snapshotId;
  if (id === undefined) throw new Error(`request ${request.id} has no image although capture is done`);
  const image = await ifThere(cloud.image.getImage(id));
  return image?.status === "active" ? image : undefined;
}

export function imageVanished(request: ImageRequest): Problem {
  return problem(
    "image-gone",
    "The image is gone",
    `The unfinished image of ${request.server.name} was deleted or deactivated by somebody else.`,
    {
      remedy: "Ask again, and leave images named darkroom-… alone until the request has ended.",
    },
  );
}
