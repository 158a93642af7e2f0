// From what tidying has to say to the notice that mails and webhooks are made of.
import type { NoticeKind } from "../notify/notice.ts";
import { publishNotice } from "../notify/publish-notice.ts";
import type { Runtime } from "../runtime.ts";
import type { TidyingNotice } from "./notice.ts";

const kinds: Record<TidyingNotice["kind"], NoticeKind> = {
  told: "image.cleanup-announced",
  hidden: "image.hidden",
  deleted: "image.deleted",
};

/** Told to the image's project by its webhooks, and by mail where an address is known. An image without an owner has nobody to be told. */
export async function announce(
  runtime: Pick<Runtime, "notices" | "queue" | "clock" | "store">,
  notice: TidyingNotice,
): Promise<void> {
  const { kind, key, provider, image, reason, why, hideAtMs, deleteAtMs, howToKeep } = notice;
  if (image.owner === null) return;
  await publishNotice(runtime, {
    id: key,
    kind: kinds[kind],
    provider,
    projectId: image.owner,
    ...(await recipientOf(runtime.store, notice)),
    facts: {
      imageId: image.id,
      createdAt: image.createdAt,
      cause: reason,
      ...(image.sizeBytes !== null && { sizeBytes: String(image.sizeBytes) }),
      ...(hideAtMs !== undefined && { hideAt: new Date(hideAtMs).toISOString() }),
      ...(deleteAtMs !== undefined && { deleteAt: new Date(deleteAtMs).toISOString() }),
    },
    words: { imageName: image.name ?? image.id, reason: why, ...(howToKeep && { remedy: howToKeep }) },
  });
}

/** Whoever asked for the image, or for that of which its server was booted, left an address: theirs only where the image is of their project, and made by nobody else. */
async function recipientOf(store: Runtime["store"], { provider, image, userId, requestId }: TidyingNotice) {
  const request = requestId === undefined ? undefined : await store.get(requestId);
  if (!request?.contactAddress || request.provider !== provider || request.projectId !== image.owner) return {};
  if (userId !== undefined && userId !== request.requester.userId) return {};
  return { recipient: { address: request.contactAddress, name: request.requester.userName } };
}
