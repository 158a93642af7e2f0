// GET /v1/images/{id}: an image, with its provenance.
import { getImage } from "../../events/operations/get-image.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleImage } from "../../lib/http/visible-image.ts";
import { imageRepresentation } from "../../lib/images/representation.ts";

export const handler = endpoint(getImage, async (call) => {
  const viewpoint = { provider: call.provider.name, projectId: call.caller.projectId };
  return answer(200, imageRepresentation(await visibleImage(call), viewpoint));
});
