// From what tidying has to say to the notice that mails and webhooks are made of.
import type { NoticeKind } from "../notify/notice.ts";
import { publishNotice } from "../notify/publish-notice.ts";
import type { Cloud, Image } from "../openstack/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import { openAddressees } from "./addressees.ts";
import type { TidyingNotice } from "./notice.ts";

const kinds: Record<TidyingNotice["kind"], NoticeKind> = {
  told: "image.cleanup-announced",
  hidden: "image.hidden",
  deleted: "image.deleted",
};

export interface Announcer {
  /** Could anybody be told now that it will go? Nothing is said. */
  canTell(image: Image): Promise<boolean>;
  /** False: there is nobody to be told, and nothing was published. */
  tell(notice: TidyingNotice): Promise<boolean>;
}

/** For one run over one provider. `bounded` ends calls to the cloud. */
export function openAnnouncer(
  runtime: Pick<Runtime, "notices" | "queue" | "clock" | "store" | "table">,
  provider: Pick<Provider, "name" | "policy" | "directory" | "staff">,
  bounded: (cloud: Cloud) => Cloud,
): Announcer {
  const addressees = openAddressees(runtime, provider, bounded);
  return {
    async canTell(image) {
      const { recipient, webhooks } = await addressees(image, kinds.told);
      return webhooks || recipient !== undefined;
    },
    async tell(notice) {
      const kind = kinds[notice.kind];
      const { recipient, webhooks } = await addressees(notice.image, kind);
      const { owner } = notice.image;
      if (owner === null || (!webhooks && !recipient)) return false;
      await publishNotice(runtime, { ...noticeOf(notice, kind), projectId: owner, ...(recipient && { recipient }) });
      return true;
    },
  };
}

function noticeOf(
  { key, provider, image, reason, why, hideAtMs, deleteAtMs, howToKeep }: TidyingNotice,
  kind: NoticeKind,
) {
  return {
    id: key,
    kind,
    provider,
    facts: {
      imageId: image.id,
      createdAt: image.createdAt,
      cause: reason,
      ...(image.sizeBytes !== null && { sizeBytes: String(image.sizeBytes) }),
      ...(hideAtMs !== undefined && { hideAt: new Date(hideAtMs).toISOString() }),
      ...(deleteAtMs !== undefined && { deleteAt: new Date(deleteAtMs).toISOString() }),
    },
    words: { imageName: image.name ?? image.id, reason: why, ...(howToKeep && { remedy: howToKeep }) },
  };
}
