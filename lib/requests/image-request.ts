// The image request: what was asked, where it stands, what it holds in the cloud, how it ended.
import type * as z from "zod";
import type { ImageRequestBody } from "../../events/image-request.ts";
import type { requestStatus } from "../../events/request-representation.ts";
import type { CallsMade } from "../audit/calls-made.ts";
import type { Finding } from "../guest/judge.ts";
import type { VerifyReport } from "../guest/report.ts";
import type { StepName } from "../workflow/chain.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import type { Milestone } from "./milestones.ts";
import type { Problem } from "./problem.ts";
import type { SharedWith } from "./sharing.ts";
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
  /** The projects that `asked.share` meant, as they were found at the door. */
  readonly sharedWith?: readonly SharedWith[];
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
  /** What it has passed that people are told of, oldest first; written with the outcome that passes it. */
  readonly milestones?: readonly Milestone[];
  /** Personal data: where mail about it goes, decided when it was asked for. */
  readonly contactAddress?: string;

  /** Signals: written beside the version, by others than the step. `signals` counts them. */
  readonly signals: number;
  readonly decision?: Decision;
  readonly cancel?: Cancel;
  /** What the requester answered to the questions of `waiting`, oldest first. */
  readonly answers?: readonly Answer[];
  /** The question of the last of them: each is answered once. */
  readonly lastAnswered?: string;

  readonly claim?: Claim;
  /** When the waker is to send its message again; absent once the request has ended. */
  readonly wakeAtMs?: number;
  readonly wakes: number;
  /** The trust's token, sealed with the service user's own secret; see docs/decisions. */
  readonly sealedToken?: string;
  /** What its steps changed in the cloud; written with their outcomes. */
  readonly calls?: CallsMade;
  /** Since when consoles, reports and addresses are gone. */
  readonly erasedAt?: string;
}

export type Status = z.output<typeof requestStatus>;
export type EndStatus = Extract<Status, "completed" | "denied" | "expired" | "cancelled" | "failed">;

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
  /** `secrets`: how many were found and acknowledged, or left in a private image. */
  sanitize?: { imageId: string; sizeBytes: number; secrets: number };
  /** `keptBuses`: why the buses that the policy wants were not set; empty where they were, or none are wanted. */
  describe?: { minDiskGib: number; minRamMib: number; keptBuses?: readonly string[] };
  /** `warnings`: what was seen and did not stop it. */
  verify?: { provenAt: string; guestAgent: VerifyReport["guestAgent"]; warnings: readonly Finding[] };
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
  /** It waits for time to pass: no event of the cloud is a reason to look before. */
  readonly restsUntilMs?: number;
  /** It is kept from outside: no time of the step runs. */
  readonly held?: true;
  /** The cloud is away: no time of the step runs. */
  readonly outage?: true;
  /** How long outages that are over have lasted since `stepSinceMs`. */
  readonly outagesMs?: number;
  /** What the requester must answer before it goes on. */
  readonly question?: Question;
}

/** What only the requester can say. */
export interface Question {
  /** One a question: an answer names it, so that none meets another question than the one that was read. */
  readonly id: string;
  readonly kind: "secrets" | "review";
  readonly askedAt: string;
  /** Not answered by then, the request expires. */
  readonly deadline: string;
  /** Of `secrets`: what was found in the image, by path and kind. */
  readonly secrets?: readonly { readonly path: string; readonly kind: string }[];
  /** Of `review`: the private image to boot and try. */
  readonly imageId?: string;
}

export interface Answer {
  readonly questionId: string;
  readonly by: { readonly userId: string; readonly userName: string };
  readonly at: string;
  readonly excludePaths: readonly string[];
  readonly acknowledgedSecrets: readonly string[];
  readonly review?: "accept" | "reject";
  readonly reason: string;
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
export function statusOf(request: Pick<ImageRequest, "step" | "end" | "endedAt" | "waiting" | "lastAnswered">): Status {
  if (request.end && request.endedAt) return request.end.status;
  if (request.step === "release") return "releasing";
  if (request.step === "approve" && request.waiting) return "awaiting-approval";
  if (openQuestion(request)) return "asking";
  return "running";
}

/** What is asked now; undefined from the answer on, though the step has not looked at it yet. */
export function openQuestion({
  waiting,
  endedAt,
  lastAnswered,
}: Pick<ImageRequest, "endedAt" | "waiting" | "lastAnswered">): Question | undefined {
  const question = endedAt ? undefined : waiting?.question;
  return question && question.id !== lastAnswered ? question : undefined;
}

export function isEnded(request: Pick<ImageRequest, "endedAt">): boolean {
  return request.endedAt !== undefined;
}
