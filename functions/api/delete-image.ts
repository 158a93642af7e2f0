// DELETE /v1/images/{id}: its owner has no need of an image any more.
import { deleteImage } from "../../events/operations/delete-image.ts";
import { answer } from "../../lib/http/answer.ts";
import { type Call, endpoint } from "../../lib/http/endpoint.ts";
import { requireMatch } from "../../lib/http/etag.ts";
import { conflict, HttpProblem } from "../../lib/http/http-problem.ts";
import { ownImage } from "../../lib/http/visible-image.ts";
import { liveRequestOf } from "../../lib/images/live-request.ts";
import { originOf } from "../../lib/images/origin.ts";
import { openPublicity } from "../../lib/images/publicity.ts";
import { imageRepresentation } from "../../lib/images/representation.ts";
import { type Image, OpenStackFault } from "../../lib/openstack/index.ts";
import { problem } from "../../lib/requests/problem.ts";

type DeleteCall = Call<undefined, undefined, { readonly id: string }>;

export const handler = endpoint(deleteImage, async (call) => {
  const { runtime, provider, caller } = call;
  const image = await ownImage(call);
  requireMatch(
    call.header("if-match"),
    imageRepresentation(image, { provider: provider.name, projectId: caller.projectId }),
  );
  if (image.protected) {
    const remedy = 'If it is to go all the same, first change it: {"protected": false}.';
    throw conflict("protected", "The image is protected against deletion.", remedy);
  }
  await refuseAtWork(call, image);
  await refuseOnlyDisk(call, image);
  await caller.cloud.image.deleteImage(image.id).catch(inUse);
  const publicity = openPublicity(runtime.table);
  const question = await publicity.find(provider.name, image.id);
  if (question) await publicity.drop(question);
  call.note({ name: image.name ?? "", visibility: image.visibility }, { kind: "image", id: image.id });
  return answer(204, undefined);
});

async function refuseAtWork({ runtime, provider }: DeleteCall, image: Image): Promise<void> {
  const live = await liveRequestOf(runtime.store, provider.name, image);
  if (!live) return;
  const remedy = "Wait until it has ended; or cancel it, and everything of it is taken back.";
  throw conflict("request-under-way", `Request ${live.id} is still at work with this image.`, remedy);
}

/**
 * A shelved server consists of a snapshot alone, and nothing but `instance_uuid` leads from the one to the other (nova/compute/manager.py,
 * _shelve_instance): of such a server every snapshot stays.
 */
async function refuseOnlyDisk({ caller }: DeleteCall, image: Image): Promise<void> {
  const serverId = image.properties.instance_uuid;
  if (originOf(image) !== "snapshot" || serverId === undefined) return;
  const server = await caller.cloud.compute.getServer(serverId).catch((error: unknown) => {
    if (error instanceof OpenStackFault && ["notFound", "badRequest"].includes(error.kind)) return undefined;
    throw error;
  });
  if (!server?.status.startsWith("SHELVED")) return;
  throw conflict(
    "only-disk",
    `Server ${server.name} is shelved, and this may be the only disk that it has: without it the server is lost.`,
    "Unshelve the server first, or delete it if it is not needed.",
  );
}

/** Ceph keeps an image from which servers are clones (Glance's 409). */
function inUse(fault: unknown): never {
  if (!(fault instanceof OpenStackFault) || fault.kind !== "conflict") throw fault;
  throw new HttpProblem(
    409,
    problem("in-use", "The image is in use", `The cloud's store still needs the image: ${fault.detail}`, {
      service: "Glance",
      ...(fault.requestId && { openstackRequestId: fault.requestId }),
      remedy:
        "Delete the servers that were booted from it, then try again; or hide it from others by making it private.",
    }),
  );
}
