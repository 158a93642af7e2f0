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

/** Told to the image's project, by its webhooks. An image without an owner has nobody to be told. */
export async function announce(
  runtime: Pick<Runtime, "notices" | "queue" | "clock">,
  { kind, key, provider, image, reason, why, hideAtMs, deleteAtMs, howToKeep }: TidyingNotice,
): Promise<void> {
  if (image.owner === null) return;
  await publishNotice(runtime, {
    id: key,
    kind: kinds[kind],
    provider,
    projectId: image.owner,
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
