// PATCH /v1/images/{id}: what its owner changes on an image, in one call to Glance.
import type { ImageChange } from "../../events/image-change.ts";
import { changeImage } from "../../events/operations/change-image.ts";
import { answer } from "../../lib/http/answer.ts";
import type { Call } from "../../lib/http/endpoint.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { etagOf, requireMatch } from "../../lib/http/etag.ts";
import { conflict, invalid } from "../../lib/http/http-problem.ts";
import { ownImage } from "../../lib/http/visible-image.ts";
import { changeOperations } from "../../lib/images/change.ts";
import { liveRequestOf, requestOf } from "../../lib/images/live-request.ts";
import { renaming } from "../../lib/images/renaming.ts";
import { imageRepresentation } from "../../lib/images/representation.ts";
import { visibilityVerdict } from "../../lib/images/visibility.ts";
import type { Image } from "../../lib/openstack/index.ts";

type ChangeCall = Call<ImageChange, undefined, { readonly id: string }>;

export const handler = endpoint(changeImage, async (call) => {
  const { runtime, provider, caller, body: change } = call;
  const viewpoint = { provider: provider.name, projectId: caller.projectId };
  const image = await ownImage(call);
  requireMatch(call.header("if-match"), imageRepresentation(image, viewpoint));
  await refuseUnready(call, image);
  refusePast(change, runtime.clock.now());
  await refuseVisibility(call, image);

  const notices = await noticesOf(call, image);
  const operations = changeOperations(image, change);
  const patch = () => caller.cloud.image.patchImage(image.id, operations);
  let changed = image;
  if (change.name !== undefined && change.name !== image.name) {
    const at = { runtime, provider: provider.name, cloud: caller.cloud };
    changed = await renaming(at, image, change.name, patch);
  } else if (operations.length > 0) {
    changed = await patch();
  }
  call.note(
    { changed: operations.map(({ path }) => path.slice(1)), visibility: change.visibility },
    { kind: "image", id: image.id },
  );
  const shown = imageRepresentation(changed, viewpoint);
  return answer(200, { ...shown, notices }, { etag: etagOf(JSON.stringify(shown)) });
});

async function refuseUnready({ runtime, provider }: ChangeCall, image: Image): Promise<void> {
  const live = await liveRequestOf(runtime.store, provider.name, image);
  if (live) {
    const detail = `Request ${live.id} is still at work with this image.`;
    throw conflict("request-under-way", detail, "Wait until it has ended.");
  }
  if (image.status !== "active" && image.status !== "deactivated") {
    const remedy = "Wait until it is active; where it never becomes so, delete it.";
    throw conflict("not-ready", `The image is ${image.status}: its bytes are not there yet.`, remedy);
  }
}

function refusePast({ expiresAt }: ImageChange, nowMs: number): void {
  if (expiresAt && Date.parse(expiresAt) <= nowMs)
    throw invalid([{ field: "expiresAt", detail: "must lie ahead; to be rid of the image now, delete it" }]);
}

/** What only staff may grant is refused here: asking them is a call of its own. */
async function refuseVisibility({ runtime, provider, body: { visibility } }: ChangeCall, image: Image): Promise<void> {
  if (visibility === undefined || visibility === image.visibility) return;
  if (image.status !== "active") {
    const remedy = `POST /v1/images/${image.id}/keep, where it is to be tidied away; else ask the support of this cloud why.`;
    throw conflict("deactivated", "The image is out of use: unused for long, or by the cloud's operators.", remedy);
  }
  const request = await requestOf(runtime.store, provider.name, image);
  const verdict = visibilityVerdict(image, visibility, provider.policy, request);
  if (verdict.kind === "free") return;
  if (verdict.kind === "staff") throw conflict("staff-needed", verdict.detail, verdict.remedy);
  if (verdict.code === "not-allowed-here") throw invalid([{ field: "visibility", detail: verdict.detail }]);
  throw conflict(verdict.code, verdict.detail, verdict.remedy);
}

/** Glance keeps the members of an image that is shared no more (test/contract/facts/members.ts): shared again, it is theirs again. */
async function noticesOf({ caller, body }: ChangeCall, image: Image): Promise<string[]> {
  const { visibility = image.visibility } = body;
  if (image.visibility !== "shared" || visibility === "shared") return [];
  const { length } = await caller.cloud.image.listMembers(image.id);
  if (length === 0) return [];
  const effect = visibility === "private" ? "cannot see or boot it any more" : "can boot it as everybody can";
  return [
    `It was shared with ${length} ${length === 1 ? "project, which" : "projects, which"} ${effect}. The cloud keeps the list of them: ` +
      "made shared again, the image is shared with them again. To end that, take the members away while it is shared.",
  ];
}
