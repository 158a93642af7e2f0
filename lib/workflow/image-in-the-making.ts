// An image that Nova takes of a server for us: asked for once, seen to be active, or explained. For `capture` and `sanitize` alike.
import type { Cloud, Image, Server } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { ImageEntry } from "../requests/ledger-entry.ts";
import { explainLostImage, findImages, markedProperties, unfinishedName } from "./images.ts";
import type { Ledger } from "./ledger.ts";
import { type Refusal, refuse, type Wait, wait } from "./outcome.ts";

export type InTheMaking =
  | { readonly kind: "active"; readonly image: Image }
  /** Nobody asked for it yet, or what was asked surely did nothing: `takeImage`. */
  | { readonly kind: "unasked" }
  | { readonly kind: "answer"; readonly answer: Wait | Refusal };

/**
 * Where it stands. `server`: read before this is called, for Nova ends its task only after the image is active, never before;
 * undefined where it is gone, and then an image that is not active is `unasked`: the caller says what that means.
 */
export async function imageInTheMaking(
  { cloud, request, ledger }: { cloud: Cloud; request: ImageRequest; ledger: Ledger },
  kind: ImageEntry["kind"],
  server: Server | undefined,
): Promise<InTheMaking> {
  const image = await ledger.adopt(kind, (entry) => findImages(cloud, request.projectId, entry));
  if (image?.status === "active") return { kind: "active", image };
  if (!server) return { kind: "unasked" };

  const entry = ledger.find(kind);
  const lost = async (seen: string): Promise<InTheMaking> => ({
    kind: "answer",
    answer: refuse(await explainLostImage(cloud, server, entry, seen)),
  });
  if (!image) {
    if (!entry?.thingId) return { kind: "unasked" };
    if (server.taskState) return { kind: "answer", answer: untilNovaSaysWhy(server.taskState) };
    return await lost("Glance has it no more");
  }
  if (server.taskState === null && request.waiting?.evidence === idle(image.status))
    return await lost(`Nova stopped working at it while Glance says ${image.status}`);
  const evidence = server.taskState ? `${image.status} ${server.taskState} ${image.sizeBytes}` : idle(image.status);
  const why = `Glance says ${image.status}, Nova says ${server.taskState ?? "idle"}`;
  return { kind: "answer", answer: wait(why, { evidence }) };
}

/** Has Nova take it, once. Only where `imageInTheMaking` said `unasked` of a server that is there. */
export async function takeImage(
  { request, cloud, ledger }: { request: Pick<ImageRequest, "id">; cloud: Cloud; ledger: Ledger },
  kind: ImageEntry["kind"],
  server: Server,
): Promise<Wait> {
  return await ledger.create({ kind, serverId: server.id }, async (mark) => {
    const wish = { name: unfinishedName(mark), metadata: markedProperties(mark, request.id) };
    const begun = await cloud.compute.createImage(server.id, wish);
    return { id: begun.imageId, requestId: begun.requestId };
  });
}

/** Nova lets go of the server only after it has written down how the action ended (nova/compute/manager.py: the order of its decorators). */
function untilNovaSaysWhy(taskState: string): Wait {
  return wait(`Glance has the image no more; Nova says ${taskState}`, { patienceMs: explanationPatienceMs });
}

const explanationPatienceMs = 15 * 60_000;

/** Seen twice, it means that nobody will finish the image: a restart of nova-compute forgets the task and leaves the image. */
function idle(imageStatus: string): string {
  return `idle ${imageStatus}`;
}
