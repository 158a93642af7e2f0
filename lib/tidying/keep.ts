// A person's word that an image is to stay.
import { expiryOperations } from "../images/expiry.ts";
import { type Cloud, type Image, OpenStackFault, type PatchOperation } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { reactivate } from "./out-of-use.ts";
import { isTaken, type StageRecord } from "./stage.ts";
import type { TidyingStore } from "./store.ts";

/**
 * With the owner's own rights the image is shown again, its expiry date taken off, and it is put back into use, before it is written down: whoever dies in between leaves an image
 * that is shown, or in use, which every sweep takes for the same word. Undefined where it is being put out of use, or deleted, just now.
 * @param ours with which it was put out of use: a cloud may let only administrators undo that.
 */
export async function keepImage(
  at: { cloud: Cloud; ours: Cloud; tidying: TidyingStore; provider: Provider; nowMs: number },
  image: Image,
  keptBy: string,
): Promise<{ keptUntilMs: number; hidden: boolean } | undefined> {
  const { cloud, ours, tidying, provider, nowMs } = at;
  const record = await tidying.find(provider.name, image.id);
  if (record && isTaken(record, nowMs)) return undefined;
  // Whoever hid it: a table that was put back does not know what was hidden since, and nobody could show it again by our API.
  const shows = image.hidden && record !== undefined;
  const operations: PatchOperation[] = [
    ...(shows ? [{ op: "replace", path: "/os_hidden", value: false } as const] : []),
    ...expiryOperations(image, null),
  ];
  if (operations.length > 0) await cloud.image.patchImage(image.id, operations);
  await reactivate(record, image, cloud).catch(async (error: unknown) => {
    if (!(error instanceof OpenStackFault) || error.kind !== "forbidden") throw error;
    await reactivate(record, image, ours);
  });
  const keptUntilMs = nowMs + provider.policy.tidying.snapshotsUnusedMs;
  const written = await tidying.write(
    { ...wordOf(image, record, provider.name), keptUntilMs, keptBy, sinceMs: nowMs, seenAtMs: nowMs },
    record,
  );
  return written && { keptUntilMs, hidden: image.hidden && !shows };
}

function wordOf(image: Image, record: StageRecord | undefined, provider: string) {
  const { id: imageId, name, owner } = image;
  const { reason, why } = record ?? { reason: "unused", why: "kept before anybody asked" };
  return { stage: "kept", provider, imageId, name, owner, pass: record?.pass ?? "", reason, why } as const;
}
