// A person's word that an image is to stay.
import { expiryOperations } from "../images/expiry.ts";
import type { Cloud, Image, PatchOperation } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import { deletingForMs, type StageRecord } from "./stage.ts";
import type { TidyingStore } from "./store.ts";

/**
 * With the owner's own rights the image is shown again, and its expiry date taken off, before it is written down: whoever dies in between leaves an image that is shown, which
 * every sweep takes for the same word. Undefined where it is being deleted just now.
 */
export async function keepImage(
  { cloud, tidying, provider, nowMs }: { cloud: Cloud; tidying: TidyingStore; provider: Provider; nowMs: number },
  image: Image,
  keptBy: string,
): Promise<{ keptUntilMs: number; hidden: boolean } | undefined> {
  const record = await tidying.find(provider.name, image.id);
  if (record?.stage === "deleting" && nowMs - record.seenAtMs < deletingForMs) return undefined;
  const shows = image.hidden && record?.hiddenByUs === true;
  const operations: PatchOperation[] = [
    ...(shows ? [{ op: "replace", path: "/os_hidden", value: false } as const] : []),
    ...expiryOperations(image, null),
  ];
  if (operations.length > 0) await cloud.image.patchImage(image.id, operations);
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
