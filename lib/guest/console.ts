// What a guest's console says to us: frames of our own among everything else that a booting machine prints.
import { gunzipSync } from "node:zlib";
import { type FrameKind, messagesIn } from "./frames.ts";
import { readCleanReport, readVerifyReport } from "./read-report.ts";
import { Nonsense } from "./records.ts";
import type { CleanReport, VerifyReport } from "./report.ts";

/**
 * What was heard so far. Only frames with this run's nonce count, only whole and agreeing with each other; what is cut short,
 * out of order, of another run or merely alike is never a report.
 */
export type Heard<Report> =
  /** Nothing of ours yet. */
  | { readonly kind: "silence" }
  /** The script runs: its last word about where it is. */
  | { readonly kind: "working"; readonly doing: string }
  | { readonly kind: "report"; readonly report: Report }
  /** The script could not do its work, in its own words. */
  | { readonly kind: "failed"; readonly why: string }
  /** Whole by its checksum, and yet not what our script writes: it was made by somebody else. */
  | { readonly kind: "nonsense"; readonly why: string };

/** `console`: what Nova shows, at most the last 100 KiB (nova/virt/libvirt/driver.py). */
export function hearClean(console: string, nonce: string): Heard<CleanReport> {
  return hear(console, nonce, "C", readCleanReport);
}

export function hearVerify(console: string, nonce: string): Heard<VerifyReport> {
  return hear(console, nonce, "V", readVerifyReport);
}

/** A report has some tens of kilobytes; what unpacks to more is a bomb. */
const reportLimitBytes = 2 * 1024 * 1024;

function hear<Report>(
  console: string,
  nonce: string,
  wanted: FrameKind,
  read: (text: string) => Report,
): Heard<Report> {
  const { whole, contradiction } = messagesIn(console, nonce);
  if (contradiction !== undefined) return { kind: "nonsense", why: contradiction };
  const of = (kind: FrameKind) => whole.filter((message) => message.kind === kind);
  const reports = [...of("C"), ...of("V")];
  const [failure] = of("F");
  if (reports.length + (failure ? 1 : 0) > 1)
    return { kind: "nonsense", why: "two endings were told that contradict each other" };
  if (failure) return { kind: "failed", why: words(failure.bytes) };
  const [report] = reports;
  if (report && report.kind !== wanted) return { kind: "nonsense", why: "the report is of the other script" };
  if (report) return unpacked(report.bytes, read);
  const doing = of("P").at(-1);
  return doing ? { kind: "working", doing: words(doing.bytes) } : { kind: "silence" };
}

function unpacked<Report>(bytes: Buffer, read: (text: string) => Report): Heard<Report> {
  let text: string;
  try {
    text = gunzipSync(bytes, { maxOutputLength: reportLimitBytes }).toString("latin1");
  } catch (error) {
    return {
      kind: "nonsense",
      why: `it cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  try {
    return { kind: "report", report: read(text) };
  } catch (error) {
    if (error instanceof Nonsense) return { kind: "nonsense", why: error.message };
    throw error;
  }
}

/** For people: without control characters. */
function words(bytes: Buffer): string {
  return bytes
    .toString("utf8")
    .replace(/\p{Cc}+/gu, " ")
    .trim();
}

export { likelyCause } from "./likely-cause.ts";

/** What the console shows beside our frames, of whichever run, for people. */
export function withoutFrames(console: string): string {
  return console
    .split("\n")
    .filter((line) => !line.includes("~dr1 "))
    .join("\n");
}
