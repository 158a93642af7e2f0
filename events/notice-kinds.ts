// Every kind of notice: what webhooks call `type`, and endpoints may choose from.

/** `image-request.*` follow from the requests themselves; the others are published by whoever finds them out. */
export const noticeKinds = [
  "image-request.received",
  "image-request.awaiting-approval",
  "image-request.started",
  "image-request.handed-back",
  "image-request.asking",
  "image-request.completed",
  "image-request.denied",
  "image-request.expired",
  "image-request.cancelled",
  "image-request.failed",
  "image.cleanup-announced",
  "image.hidden",
  "image.deleted",
  "image.publication-decided",
  "image.shared",
  "image.share-accepted",
  "image.share-rejected",
] as const;

export type NoticeKind = (typeof noticeKinds)[number];
