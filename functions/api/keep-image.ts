// POST /v1/images/{id}/keep: its owner wants an image that is to be tidied away.
import { keepImage as operation } from "../../events/operations/keep-image.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict } from "../../lib/http/http-problem.ts";
import { ownImage } from "../../lib/http/visible-image.ts";
import { keepImage } from "../../lib/tidying/keep.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { eyesOf } from "../../lib/tidying/survey.ts";

export const handler = endpoint(operation, async (call) => {
  const { runtime, provider, caller, bounded } = call;
  const image = await ownImage(call);
  const tidying = openTidyingStore(runtime.table);
  const ours = eyesOf(provider, bounded).cloud;
  const at = { cloud: caller.cloud, ours, tidying, provider, nowMs: runtime.clock.now() };
  const kept = await keepImage(at, image, caller.userId);
  if (!kept) {
    throw conflict(
      "being-deleted",
      "The image is being deleted at this moment.",
      "Look again in a minute: where it is still there, ask again.",
    );
  }
  const keptUntil = new Date(kept.keptUntilMs).toISOString();
  return answer(200, { imageId: image.id, keptUntil, hidden: kept.hidden });
});
