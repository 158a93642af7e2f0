// The image that a path names, for those who may see it, and for those whose it is.
import { type Image, OpenStackFault } from "../openstack/index.ts";
import { problem } from "../requests/problem.ts";
import type { Caller } from "./caller.ts";
import { HttpProblem, notFound } from "./http-problem.ts";

interface ImageCall {
  readonly caller: Caller;
  readonly params: { readonly id: string };
}

/** By Glance's own rules, with the caller's token: what it does not show is 404, as what never was. */
export async function visibleImage({ caller, params: { id } }: ImageCall): Promise<Image> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw notFound("image");
  try {
    const image = await caller.cloud.image.getImage(id);
    if (image.status !== "deleted" && image.status !== "pending_delete") return image;
  } catch (error) {
    if (!(error instanceof OpenStackFault) || error.kind !== "notFound") throw error;
  }
  throw notFound("image");
}

/** Of the project that the token is for, whoever of it made the image; who can only see it is 403. */
export async function ownImage(call: ImageCall): Promise<Image> {
  const image = await visibleImage(call);
  if (image.owner === call.caller.projectId) return image;
  const detail = "You can see and boot this image, but it is another project's.";
  throw new HttpProblem(
    403,
    problem("not-yours", "Not your image", detail, { remedy: "Ask its owner, or make an image of your own from it." }),
  );
}
