// The timeline of a request: what happened, one entry a fact; a wait is one entry however long it lasts.
import type { StepName } from "../workflow/chain.ts";

export interface TimelineEntry {
  readonly at: string;
  readonly step: StepName;
  readonly what: "received" | "waiting" | "done" | "passed" | "refused" | "decided" | "cancelled" | "ended";
  readonly text: string;
  /** Of a wait: when it was last seen so, and how often. */
  readonly lastAt?: string;
  readonly looks?: number;
}

/** So many entries at most are kept: the first half and the newest; a request that goes round for ever must not outgrow its item. */
export const maxTimelineEntries = 200;

/** The timeline with one more entry. A wait for the same reason at the same step is counted on the last entry. */
export function withEntry(timeline: readonly TimelineEntry[], entry: TimelineEntry): TimelineEntry[] {
  const last = timeline.at(-1);
  if (entry.what === "waiting" && last?.what === "waiting" && last.step === entry.step && last.text === entry.text) {
    return [...timeline.slice(0, -1), { ...last, lastAt: entry.at, looks: (last.looks ?? 1) + 1 }];
  }
  const longer = [...timeline, entry];
  if (longer.length <= maxTimelineEntries) return longer;
  const half = maxTimelineEntries / 2;
  return [...longer.slice(0, half), ...longer.slice(-half)];
}
