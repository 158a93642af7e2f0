// For tests: what a guest says with our scripts, without a guest. Frames as scripts/frames.sh writes them, reports as the scripts send them.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { checkOf, type FrameKind } from "./frames.ts";

/** Frames of one message; `id` bends the digest that they bear. */
export function framesOf(
  nonce: string,
  kind: FrameKind,
  bytes: Buffer,
  { id = "", payloadLength = 120 }: { id?: string; payloadLength?: number } = {},
): string[] {
  const whole = bytes.toString("base64");
  const digest = id || createHash("sha256").update(whole).digest("hex").slice(0, 16);
  const pieces = whole.match(new RegExp(`.{1,${payloadLength}}`, "g")) ?? [];
  return pieces.map((piece, at) => {
    const line = `~dr1 ${nonce} ${kind} ${at + 1}/${pieces.length} ${digest} ${piece}`;
    return `${line} ${checkOf(line).toString(16).padStart(8, "0")}`;
  });
}

/** The nonce that stands in a script of ours. */
export function nonceIn(script: string): string {
  const nonce = /^nonce ([A-Za-z0-9-]{8,36})$/m.exec(script)?.[1];
  if (nonce === undefined) throw new Error("the script has no nonce");
  return nonce;
}

export interface CleanedGuest {
  /** Paths of private keys. */
  readonly secrets?: readonly string[];
  readonly secretsOmitted?: number;
  readonly fileSystem?: { readonly type: string; readonly promised: boolean; readonly why?: string };
  readonly virtioDisk?: readonly string[];
  readonly guestAgent?: "absent" | "installed";
}

/** Whole frames of a report of `clean`. */
export function cleanReport(nonce: string, guest: CleanedGuest = {}): string[] {
  const { secrets = [], secretsOmitted = 0, virtioDisk = [], guestAgent = "installed" } = guest;
  const { type, promised, why = "" } = guest.fileSystem ?? { type: "ext4", promised: true };
  return spoken(nonce, "C", [
    ...common({ machineId: "source", hostKey: "source", guestAgent }),
    "removed\t/home\t3\t120",
    `freeSpace\t/\t${type}\tfill\t1700000000\t${promised ? "yes" : "no"}\t${why}`,
    ...secrets.map((path) => `secret\t${path}\tprivate-key`),
    ...(secretsOmitted > 0 ? [`omitted\tsecret\t${secretsOmitted}`] : []),
    "postScriptsFolder\t",
    ...virtioDisk.map((place) => `namesVirtioDisk\t${place}`),
  ]);
}

export interface VerifiedGuest {
  readonly guestAgent?: "absent" | "installed" | "active";
  readonly forbidden?: readonly string[];
  /** Whose machine id and host keys it has. */
  readonly identity?: "own" | "source";
}

/** Whole frames of a report of `verify`. */
export function verifyReport(nonce: string, guest: VerifiedGuest = {}): string[] {
  const { guestAgent = "active", forbidden = [], identity = "own" } = guest;
  return spoken(nonce, "V", [
    ...common({ machineId: identity, hostKey: identity, guestAgent }),
    "cloudInitStatus\tdone\tDataSourceConfigDrive [net,ver=2][source=/dev/sr0]",
    ...forbidden.map((path) => `forbidden\t${path}\temptied-folder`),
    "rootFileSystem\text4\t/dev/vda1\t2000000000\t900000000\t2040000000\tyes",
    "package\tcloud-init 22.4.2-1",
  ]);
}

function common({ machineId, hostKey, guestAgent }: { machineId: string; hostKey: string; guestAgent: string }) {
  return [
    "os\tdebian\t12\tDebian GNU/Linux 12",
    `machineIdHash\t${sha256(`machine ${machineId}`)}`,
    `hostKeyHash\t${sha256(`key ${hostKey}`)}`,
    `guestAgent\t${guestAgent}`,
    "cloudInit\t22.4.2",
  ];
}

function spoken(nonce: string, kind: FrameKind, records: readonly string[]): string[] {
  return framesOf(nonce, kind, gzipSync(`${[...records, "end"].join("\n")}\n`));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
