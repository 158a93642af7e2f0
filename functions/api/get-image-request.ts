// GET /v1/image-requests/{id}: where a request stands.
import { getImageRequest } from "../../events/operations/get-image-request.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleRequest } from "../../lib/http/visible-request.ts";
import { representation } from "../../lib/requests/representation.ts";

export const handler = endpoint(getImageRequest, async (call) =>
  answer(200, representation(await visibleRequest(call))),
);
