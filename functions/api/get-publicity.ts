// GET /v1/images/{id}/publicity: where the question stands whether an image shall be public.
import { getPublicity } from "../../events/operations/get-publicity.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { publicityView, visiblePublicity } from "../../lib/images/publicity-view.ts";

export const handler = endpoint(getPublicity, async (call) => answer(200, publicityView(await visiblePublicity(call))));
