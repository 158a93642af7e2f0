// One notice on its way to one receiver: a mailbox, or a webhook endpoint.
import type { Notice } from "./notice.ts";

/** The receiver that is no endpoint. */
export const mailTarget = "mail";

export type DeliveryStatus = "waiting" | "trying" | "delivered" | "failed" | "unknown";

export interface Delivery {
  readonly id: string;
  readonly schemaVersion: 1;
  /** `mail`, or the endpoint's id. */
  readonly target: string;
  /** Of a webhook without words and recipient; of a mail with them, until it is over. */
  readonly notice: Notice;
  readonly createdAt: string;
  /** `unknown`: a mail that may have been sent, or not; it is never sent again. */
  readonly status: DeliveryStatus;
  /** Tries that were begun. */
  readonly attempts: number;
  /** A try that was begun holds until then. */
  readonly claimedUntilMs?: number;
  /** How each try ended, newest last. */
  readonly tries: readonly Try[];
  /** When it is tried next; absent once it is over. */
  readonly nextAt?: string;
  readonly endedAt?: string;
}

export interface Try {
  readonly at: string;
  readonly tookMs?: number;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** Why it failed, in words; nothing of what was answered. */
  readonly problem?: string;
}

export function deliveryId(noticeId: string, target: string): string {
  return `delivery#${noticeId}#${target}`;
}

export function isOver({ status }: Pick<Delivery, "status">): boolean {
  return status === "delivered" || status === "failed" || status === "unknown";
}

export function noticeIdOf(requestId: string, place: number): string {
  return `${requestId}-${place}`;
}
