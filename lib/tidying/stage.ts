// How an image goes: told, hidden, put out of use, deleted; each after its time, and every doubt begins again at the beginning.
import type { Image } from "../openstack/index.ts";
import { type Candidate, clockSkewMs, type TidyingPolicy } from "./judge.ts";

/** One image on its way out, or kept by a person: an item of our table. On the image itself it would be copied onto snapshots, and a reader could not write it. */
export interface StageRecord {
  readonly schemaVersion: 1;
  readonly provider: string;
  readonly imageId: string;
  /** Grows with every write. */
  readonly version: number;
  /** `deactivated`: put out of use, so that nothing can begin to need it while it is looked at for the last time. `deleting`: claimed by a sweep that is at it, or died at it. */
  readonly stage: "told" | "hidden" | "deactivated" | "deleting" | "kept";
  /** When the stage began; of what comes after hiding, when it was hidden. */
  readonly sinceMs: number;
  /** The last pass that found it a candidate, and when. */
  readonly pass: string;
  readonly seenAtMs: number;
  /** We hid it: whoever takes it back shows it again. */
  readonly hiddenByUs?: boolean;
  /** When we had put it out of use. Of `deactivated` it is absent while the cloud is asked, or where its answer was never heard. */
  readonly deactivatedAtMs?: number;
  /** Of `kept`: until then nobody asks again. */
  readonly keptUntilMs?: number;
  readonly keptBy?: string;
  /** As it was when its owner was told. */
  readonly name: string | null;
  readonly owner: string | null;
  readonly reason: Candidate["reason"];
  readonly why: string;
}

export type Action =
  | { readonly do: "tell"; readonly again: boolean; readonly hideAtMs: number; readonly deleteAtMs: number }
  | { readonly do: "hide"; readonly deleteAtMs: number }
  | { readonly do: "deactivate" }
  | { readonly do: "delete" }
  /** Somebody showed it again, or put it back into use, by hand: as good as a word. */
  | { readonly do: "keep"; readonly untilMs: number }
  | {
      readonly do: "wait";
      readonly untilMs: number;
      readonly for: "hiding" | "deletion" | "the last look" | "its keeper's word" | "another run";
    };

/** A candidate that no pass has seen for longer begins anew: the table may be an old one, a clock may have jumped, and people must have had their time. */
export const longestGapMs = 3 * 86_400_000;

/** A run that has claimed an image is done with it after this long, or dead. */
export const takenForMs = 20 * 60_000;

/**
 * So long after an image was put out of use the last look may begin: whatever a service had let pass before is a server, or a volume, in its list by then. The services' clocks
 * play no part in it.
 */
export const settledAfterMs = 10 * 60_000;

export function nextAction(
  { hideFromMs }: Pick<Candidate, "hideFromMs">,
  record: StageRecord | undefined,
  image: Pick<Image, "hidden" | "status">,
  policy: TidyingPolicy,
  nowMs: number,
): Action {
  const hideAtMs = (toldAtMs: number) => Math.max(toldAtMs + policy.tellMs, hideFromMs);
  const tell = (again: boolean): Action => {
    const hiding = hideAtMs(nowMs);
    return { do: "tell", again, hideAtMs: hiding, deleteAtMs: hiding + policy.hideMs };
  };
  if (!record) return tell(false);
  if (record.stage === "kept") {
    const untilMs = record.keptUntilMs ?? 0;
    return untilMs > nowMs ? { do: "wait", untilMs, for: "its keeper's word" } : tell(false);
  }
  if (isBroken(record, nowMs)) return tell(true);
  if (isTaken(record, nowMs)) return { do: "wait", untilMs: record.seenAtMs + takenForMs, for: "another run" };
  if (record.stage === "told") {
    const dueMs = hideAtMs(record.sinceMs);
    return dueMs > nowMs
      ? { do: "wait", untilMs: dueMs, for: "hiding" }
      : { do: "hide", deleteAtMs: nowMs + policy.hideMs };
  }
  const { deactivatedAtMs } = record;
  if (!image.hidden || (deactivatedAtMs !== undefined && image.status === "active"))
    return { do: "keep", untilMs: nowMs + policy.snapshotsUnusedMs };
  const dueMs = Math.max(record.sinceMs + policy.hideMs, hideFromMs);
  if (dueMs > nowMs) return { do: "wait", untilMs: dueMs, for: "deletion" };
  if (deactivatedAtMs === undefined) return { do: "deactivate" };
  const lookMs = deactivatedAtMs + settledAfterMs;
  return lookMs > nowMs ? { do: "wait", untilMs: lookMs, for: "the last look" } : { do: "delete" };
}

/** A run is at it now: it deletes it, or puts it out of use. */
export function isTaken({ stage, deactivatedAtMs, seenAtMs }: StageRecord, nowMs: number): boolean {
  const claimed = stage === "deleting" || (stage === "deactivated" && deactivatedAtMs === undefined);
  return claimed && nowMs - seenAtMs < takenForMs;
}

/** Where the image is out of use, it was us; or we were about to, and never heard whether we did. */
export function deactivatedByUs({ stage, deactivatedAtMs }: StageRecord): boolean {
  return stage === "deactivated" || deactivatedAtMs !== undefined;
}

/** Not seen for too long, or seen in the future. */
function isBroken({ seenAtMs, sinceMs }: StageRecord, nowMs: number): boolean {
  return nowMs - seenAtMs > longestGapMs || seenAtMs > nowMs + clockSkewMs || sinceMs > nowMs + clockSkewMs;
}
