// By what things that wait for staff are found: the index byApproval, in which they stand while they wait.

/** Attributes of an item that waits for a decision of this provider's staff since then (ISO time). */
export function waitingSince(provider: string, since: string) {
  return { approvalKey: provider, approvalSince: since };
}

/** The same attributes, to be removed. */
export const waitsNoMore = { approvalKey: undefined, approvalSince: undefined };
