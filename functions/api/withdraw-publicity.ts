// DELETE /v1/images/{id}/publicity: the owner asks no longer for an image to be public.
import { withdrawPublicity } from "../../events/operations/withdraw-publicity.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict, notFound } from "../../lib/http/http-problem.ts";
import { openPublicity } from "../../lib/images/publicity.ts";
import { visiblePublicity } from "../../lib/images/publicity-view.ts";

export const handler = endpoint(withdrawPublicity, async (call) => {
  const question = await visiblePublicity(call);
  if (question.projectId !== call.caller.projectId) throw notFound("question about an image");
  if (await openPublicity(call.runtime.table).withdraw(question)) return answer(204, undefined);
  throw conflict("decided", "Somebody decided already.", "Change the image's visibility, if it is public.");
});
