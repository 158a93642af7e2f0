// The user-data by which our scripts come into a temporary server: cloud-config and a script, gzip, base64, as Nova takes it.
import { gzipSync } from "node:zlib";
import { neededPaths, normalPath, untouchedPaths } from "./paths.ts";
import { scriptText } from "./script-text.ts";

export interface CleanJob {
  /** Random, of this run only: stands on every frame. 8 to 36 letters, digits and hyphens. */
  readonly nonce: string;
  readonly excludePaths: readonly string[];
  /** Paths that staff approved to keep in spite of the rules. */
  readonly keepPaths: readonly string[];
  /** System files whose changes staff approved: not reset. */
  readonly keptSystemFiles: readonly string[];
}

export interface VerifyJob {
  readonly nonce: string;
  readonly excludePaths: readonly string[];
  readonly keepPaths: readonly string[];
  /** As-is: nothing had to go, so nothing is looked for in the emptied folders. */
  readonly emptied: boolean;
}

/**
 * base64 of gzip, which cloud-init unpacks by itself. Nova takes at most 65,535 characters of base64
 * (nova/api/openstack/compute/schemas/user_data.py). Throws where it would be more: the paths are too many or too long.
 */
export function cleanUserData(job: CleanJob): string {
  return encoded(cleanCloudConfig, cleanScript(job));
}

/** As `cleanUserData`. */
export function verifyUserData(job: VerifyJob): string {
  return encoded(verifyCloudConfig, verifyScript(job));
}

export function cleanScript(job: CleanJob): string {
  const lines = [
    ...jobLines(job),
    ...job.keptSystemFiles.map((path) => `kept-system ${encodeText(normalPath(path))}`),
    ...neededPaths.map((path) => `needed ${path}`),
    ...untouchedPaths.map((path) => `untouched ${path}`),
  ];
  return composed(`${scriptText.shared}\n${scriptText.clean}`, "clean", lines, {
    hook_text: scriptText.postScriptsHook,
    hook_unit: scriptText.postScriptsUnit,
  });
}

export function verifyScript(job: VerifyJob): string {
  const lines = [...jobLines(job), `emptied ${job.emptied ? "yes" : "no"}`];
  return composed(`${scriptText.shared}\n${scriptText.verify}`, "verify", lines, {});
}

function jobLines({ nonce, excludePaths, keepPaths }: CleanJob | VerifyJob): string[] {
  if (!/^[A-Za-z0-9-]{8,36}$/.test(nonce)) throw new Error(`not a nonce: ${JSON.stringify(nonce)}`);
  return [
    `nonce ${nonce}`,
    ...excludePaths.map((path) => `exclude ${encodeText(path)}`),
    ...keepPaths.map((path) => `keep ${encodeText(path)}`),
  ];
}

/** Everything but printable ASCII, and the backslash, as \0ooo: no path is ever shell, and ground.sh's `encode` writes the same. */
function encodeText(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\0${byte.toString(8).padStart(3, "0")}`,
    )
    .join("");
}

/** The job stands in a quoted here-document, in which the shell reads nothing; every line of it begins with a word of ours. */
function composed(functions: string, what: string, jobLines: string[], files: Record<string, string>): string {
  const document = (name: string, command: string, text: string) =>
    `${name}() {\n${command} <<'END_OF_${name}'\n${text.trimEnd()}\nEND_OF_${name}\n}\n`;
  return [
    "#!/bin/sh",
    // By this line a simulated cloud knows that it may run it on a directory tree; strangers' user-data it never runs.
    "# darkroom guest script",
    withoutComments(functions),
    ...Object.entries(files).map(([name, text]) => document(name, "cat", text)),
    document(`read_job_of_${what}`, "read_job", jobLines.join("\n")),
    'main "$@"',
    "",
  ].join("\n");
}

/** Comments are for readers of this repository; in a guest they only take room. Lines of here-documents that look alike hold nothing else. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*# .*\n/gm, "").replace(/^\n/gm, "");
}

function encoded(cloudConfig: string, script: string): string {
  const userData = gzipSync(multipart(cloudConfig, script), { level: 9 }).toString("base64");
  if (userData.length > userDataLimit)
    throw new Error(
      `the user-data would have ${userData.length} characters, Nova takes ${userDataLimit}: the paths to exclude or to keep are too many or too long`,
    );
  return userData;
}

const userDataLimit = 65_535;
const boundary = "=====darkroom=====";

/** All of it is ASCII, so that no reader's idea of line ends or characters changes it. */
function multipart(cloudConfig: string, script: string): string {
  const part = (type: string, name: string, text: string) =>
    [
      `--${boundary}`,
      `Content-Type: ${type}; charset="us-ascii"`,
      "MIME-Version: 1.0",
      "Content-Transfer-Encoding: 7bit",
      `Content-Disposition: attachment; filename="${name}"`,
      "",
      text,
    ].join("\n");
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "MIME-Version: 1.0",
    "",
    part("text/cloud-config", "darkroom.cfg", cloudConfig),
    part("text/x-shellscript", "darkroom.sh", script),
    `--${boundary}--`,
    "",
  ].join("\n");
}

/**
 * Whatever cloud-init would change at a first boot stays as it is: the image would take it along. The source's host keys stay
 * until they were looked at. growpart off: the image would take the size of the temporary flavor's disk.
 */
const cleanCloudConfig = `#cloud-config
growpart: { mode: "off" }
resize_rootfs: false
ssh_deletekeys: false
ssh_genkeytypes: []
disable_root: false
preserve_hostname: true
manage_etc_hosts: false
manage_resolv_conf: false
users: []
package_update: false
package_upgrade: false
package_reboot_if_required: false
apt: { preserve_sources_list: true }
vendor_data: { enabled: false }
vendor_data2: { enabled: false }
`;

/** A boot as anybody's: keys are made, the file system grows, the default user appears. Only what needs a network is left out. */
const verifyCloudConfig = `#cloud-config
package_update: false
package_upgrade: false
`;
