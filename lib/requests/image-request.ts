// The image request: what was asked, where it stands, what it holds in the cloud, how it ended.
import type { ImageRequestBody } from "../../events/image-request.ts";
import type { StepName } from "../workflow/chain.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import type { Problem } from "./problem.ts";
import type { TimelineEntry } from "./timeline.ts";

/** One request. The item in the table; the only truth about it. Times are ISO strings in UTC, or ms since 1970 where the name says `Ms`. */
export interface ImageRequest {
  readonly schemaVersion: 1;
  readonly id: string;
  /** Grows by one with every outcome; a message for another version is stale. */
  readonly version: number;
  readonly provider: string;
  readonly projectId: string;
  readonly requester: { readonly userId: string; readonly userName: string; readonly projectName: string };
  readonly server: { readonly id: string; readonly name: string };
  readonly asked: ImageRequestBody;
  readonly license: { readonly version: string; readonly acknowledgedBy: string; readonly at: string };
  /** A hash of what was asked, so that the same key with another body can be told. */
  readonly fingerprint: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** A decision that is needed must come before this. */
  readonly approvalDeadline: string;

  readonly step: StepName;
  /** How it will end, or has: set once the request is on its way to `release` for good. */
  readonly end?: End;
  readonly endedAt?: string;
  readonly learned: Learned;
  readonly waiting?: Waiting;
  readonly ledger: readonly LedgerEntry[];
  readonly timeline: readonly TimelineEntry[];

  /** Signals: written beside the version, by others than the step. `signals` counts them. */
  readonly signals: number;
  readonly decision?: Decision;
  readonly cancel?: Cancel;

  readonly claim?: Claim;
  /** When the waker is to send its message again; absent once the request has ended. */
  readonly wakeAtMs?: number;
  readonly wakes: number;
  /** The trust's token, sealed with the service user's own secret; see docs/decisions. */
  readonly sealedToken?: string;
}

export type EndStatus = "completed" | "denied" | "expired" | "cancelled" | "failed";
export type LiveStatus = "running" | "awaiting-approval" | "releasing";
export type Status = LiveStatus | EndStatus;
export const endStatuses = ["completed", "denied", "expired", "cancelled", "failed"] as const satisfies EndStatus[];
export const statuses = ["running", "awaiting-approval", "releasing", ...endStatuses] as const satisfies Status[];

/** How a request ends. Whoever ends it otherwise than well says why. `leftovers`: what of ours could not be taken out of the cloud. */
export type End =
  | { readonly status: "completed"; readonly leftovers?: readonly string[] }
  | {
      readonly status: Exclude<EndStatus, "completed">;
      readonly problem: Problem;
      readonly leftovers?: readonly string[];
    };

/** What each step has learned, for the steps after it. A step writes only its own. */
export interface Learned {
  check?: { baseImage?: { id: string; hash?: string }; serverName: string; virtualSizeGib: number };
  approve?: { by: "policy" | "staff"; reason: string };
  quiesce?: { wasRunning: boolean };
  capture?: { snapshotId: string; sizeBytes: number };
  resume?: { serverGone: boolean };
  describe?: { minDiskGib: number; minRamMib: number };
  publish?: { imageId: string; publishedAt: string };
}

export interface Waiting {
  readonly why: string;
  /** What was seen; while it stays the same, nothing moves. */
  readonly evidence: string;
  readonly evidenceSinceMs: number;
  /** Since when this step waits at all. */
  readonly stepSinceMs: number;
  readonly looks: number;
}

export interface Decision {
  readonly decision: "approve" | "deny";
  readonly reason: string;
  readonly by: { readonly userId: string; readonly userName: string };
  readonly at: string;
}

export interface Cancel {
  readonly reason: string;
  readonly by: { readonly userId: string; readonly userName: string };
  readonly at: string;
}

/** A worker's right to write the next outcome. */
export interface Claim {
  readonly token: string;
  readonly untilMs: number;
  /** How many claims were taken at this version. */
  readonly count: number;
}

/** The status that people see follows from what is stored; it is never stored as a truth of its own. */
export function statusOf(request: Pick<ImageRequest, "step" | "end" | "endedAt" | "waiting">): Status {
  if (request.end && request.endedAt) return request.end.status;
  if (request.step === "release") return "releasing";
  if (request.step === "approve" && request.waiting) return "awaiting-approval";
  return "running";
}

export function isEnded(request: Pick<ImageRequest, "endedAt">): boolean {
  return request.endedAt !== undefined;
}
