// POST /v2/images: the record of an image, without bytes yet.
import { isObject, parseJson } from "../bodies.ts";
import type { Answer } from "../http.ts";
import { checkQuotas, checkUnprotected, checkVisibility, checkWritable, setAttribute } from "./attributes.ts";
import type { ImageCall, ImageRoute } from "./call.ts";
import { imageView } from "./image-view.ts";
import { checkCount } from "./info.ts";
import { newImage } from "./records.ts";
import { notSchema, refuse } from "./refusals.ts";

export const createRoutes: ImageRoute[] = [["POST", "/v2/images", createImage]];

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** 201, `queued`, `shared` where no visibility is given. A member makes no public image, and none for another project: 403. */
function createImage(call: ImageCall): Answer {
  const { core, request, viewer } = call;
  const wanted = parseJson(request.bytes);
  if (!isObject(wanted)) throw refuse(400, "Malformed JSON in request body.");
  for (const name of Object.keys(wanted)) checkWritable(name, { creating: true });
  const { id = core.newUuid(), ...attributes } = wanted;
  if (typeof id !== "string" || !uuid.test(id))
    throw notSchema(
      `'${String(id)}' does not match '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'`,
    );

  const image = newImage(core, { id, owner: viewer.projectId });
  for (const [name, value] of Object.entries(attributes)) {
    checkUnprotected(call, name);
    setAttribute(image, name, value);
  }
  checkQuotas(call, image);
  if (!viewer.isAdmin && image.owner !== viewer.projectId) {
    throw refuse(403, `You are not permitted to create images owned by '${image.owner}'.`);
  }
  checkVisibility(call, image.visibility);
  if (core.state.images[id]) throw refuse(409, `Image ID ${id} already exists!`);
  checkCount(call);
  core.state.images[id] = image;
  return {
    status: 201,
    json: imageView(image),
    headers: {
      Location: `${core.baseUrl}/image/v2/images/${id}`,
      "OpenStack-image-import-methods": "glance-direct,web-download,copy-image",
    },
  };
}
