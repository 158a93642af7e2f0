// PUT /v1/images/{id}/publicity: the owner asks for an image to be public.
import { askPublicity } from "../../events/operations/ask-publicity.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { ownImage } from "../../lib/http/visible-image.ts";
import { askToBePublic } from "../../lib/images/make-public.ts";
import { openPublicity } from "../../lib/images/publicity.ts";
import { publicityView } from "../../lib/images/publicity-view.ts";

export const handler = endpoint(askPublicity, async (call) => {
  const { runtime, provider, caller, body, bounded } = call;
  const image = await ownImage(call);
  const asking = { provider, caller, runtime, publicity: openPublicity(runtime.table), bounded };
  const question = await askToBePublic(asking, image, body);
  return answer(200, publicityView(question));
});
