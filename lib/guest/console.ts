// What a guest's console says to us: frames of our own among everything else that a booting machine prints.
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
export function hearClean(_console: string, _nonce: string): Heard<CleanReport> {
  throw new Error("not written yet");
}

export function hearVerify(_console: string, _nonce: string): Heard<VerifyReport> {
  throw new Error("not written yet");
}

/** Why a guest that never spoke did not, as far as its console tells: no cloud-init, no ConfigDrive, a kernel panic, an initramfs shell …; undefined: it does not tell. */
export function likelyCause(_console: string): string | undefined {
  throw new Error("not written yet");
}
