// GET /v1/images: a page of the cloud's catalogue, as the caller may see it.
import { listImages } from "../../events/operations/list-images.ts";
import { answer } from "../../lib/http/answer.ts";
import { decodeCursor, encodeCursor } from "../../lib/http/cursor.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { findImages } from "../../lib/images/list.ts";
import { listedImage } from "../../lib/images/representation.ts";

export const handler = endpoint(listImages, async ({ provider, caller, query: { cursor, ...query } }) => {
  const { images, next } = await findImages(caller.cloud, caller.projectId, query, decodeCursor(cursor));
  const viewpoint = { provider: provider.name, projectId: caller.projectId };
  return answer(200, {
    images: images.map((image) => listedImage(image, viewpoint)),
    next: next === undefined ? null : encodeCursor(next),
  });
});
