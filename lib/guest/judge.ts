// Is an image good to be published? A pure function of what `verify` saw and what had to be.
import type { CleanReport, VerifyReport } from "./report.ts";

export interface Expectations {
  /** What `clean` found in the source; absent for an image that was taken as it is. */
  readonly source?: Pick<CleanReport, "machineIdHash" | "hostKeyHashes" | "postScripts">;
  /** By policy: is a missing agent a stop, or a warning? */
  readonly guestAgentNeeded: boolean;
}

export interface Finding {
  /** Stable for machines: "forbidden-path", "same-machine-id" … */
  readonly code: string;
  readonly detail: string;
}

export interface Verdict {
  /** No stop: the image may be published. */
  readonly sound: boolean;
  readonly stops: readonly Finding[];
  readonly warnings: readonly Finding[];
}

export function judge(_report: VerifyReport, _expected: Expectations): Verdict {
  throw new Error("not written yet");
}
