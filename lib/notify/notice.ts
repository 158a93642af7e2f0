// A notice: something that people and portals are told once.
import type { NoticeKind } from "../../events/notice-kinds.ts";

export type { NoticeKind } from "../../events/notice-kinds.ts";

export interface Notice {
  /** The same id is the same notice, however often it is published. Letters, digits, `-`, `_` and `:`, at most 200; no dot: receivers sign it. */
  readonly id: string;
  /** `webhook.test` goes to the one endpoint that it is asked of. */
  readonly kind: NoticeKind | "webhook.test";
  readonly provider: string;
  /** Whose webhooks are called. */
  readonly projectId: string;
  /** ISO. When it came about. */
  readonly at: string;
  /** Whose mail it is; left out, only webhooks are called. Gone from the table once it was sent. */
  readonly recipient?: { readonly address: string; readonly name?: string };
  /** Ids, times, statuses, numbers: for mail and webhooks. Nothing of a person but ids. `imageId` and `requestId` are linked to. */
  readonly facts: Readonly<Record<string, string>>;
  /** What people wrote or are called: names, reasons. For mail only. The templates (mail-texts.ts) say which ones they use. */
  readonly words?: Readonly<Record<string, string>>;
  /** Of a request: the how-many-th of it this is. It is not sent before the one before it was tried. */
  readonly sequence?: { readonly of: string; readonly place: number };
}

export const noticeId = /^[\w:-]{1,200}$/;
