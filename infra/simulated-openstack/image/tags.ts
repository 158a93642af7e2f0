// An image's tags, one by one.
import type { Answer } from "../http.ts";
import { checkQuotas } from "./attributes.ts";
import { type ImageCall, type ImageRoute, ownImageOf } from "./call.ts";
import { refuse } from "./refusals.ts";

export const tagRoutes: ImageRoute[] = [
  ["PUT", "/v2/images/{imageId}/tags/{tag}", addTag],
  ["DELETE", "/v2/images/{imageId}/tags/{tag}", removeTag],
];

/** 204, whether it was there already or not. */
function addTag(call: ImageCall): Answer {
  const image = ownImageOf(call);
  const { tag = "" } = call.parameters;
  if (tag.length > 255) throw refuse(400, `Provided object does not match schema 'image': '${tag}' is too long`);
  const tags = [...new Set([...image.tags, tag])];
  checkQuotas(call, { ...image, tags });
  image.tags = tags;
  image.updatedAt = call.core.now();
  return { status: 204 };
}

function removeTag(call: ImageCall): Answer {
  const image = ownImageOf(call);
  const { tag = "" } = call.parameters;
  if (!image.tags.includes(tag)) throw refuse(404, "The resource could not be found.");
  image.tags = image.tags.filter((one) => one !== tag);
  image.updatedAt = call.core.now();
  return { status: 204 };
}
