// Is an image good to be published? A pure function of what `verify` saw and what had to be.
import type { CleanReport, PostScriptsFound, VerifyReport } from "./report.ts";

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

export function judge(report: VerifyReport, expected: Expectations): Verdict {
  const stops = [...bootFindings(report), ...leftFindings(report)];
  const warnings = [...diskFindings(report)];
  if (report.cloudInitStatus.status === "degraded")
    warnings.push({ code: "cloud-init-degraded", detail: "cloud-init came to its end with warnings of its own." });
  if (expected.source) stops.push(...identityFindings(report, expected.source));
  if (report.guestAgent === "absent") {
    const finding = { code: "no-guest-agent", detail: "qemu-guest-agent is not installed." };
    (expected.guestAgentNeeded ? stops : warnings).push(finding);
  }
  if (expected.source) warnings.push(...wrongPostScripts(expected.source.postScripts));
  for (const finding of postScriptFindings(report)) warnings.push(finding);
  for (const problem of report.problems) warnings.push({ code: "problem", detail: problem });
  return { sound: stops.length === 0, stops, warnings };
}

/** "error" is what cloud-init says where a module of its own failed: an image that does not come up as it was made to. "running": it never ended. */
function* bootFindings({ cloudInitStatus, cloudInit }: VerifyReport): Generator<Finding> {
  const { status, datasource, errors } = cloudInitStatus;
  if (status === "running" || status === "not run" || status === "")
    yield { code: "cloud-init-unfinished", detail: "cloud-init did not come to its end." };
  else if (status === "error")
    yield {
      code: "cloud-init-error",
      detail: `cloud-init reports errors: ${errors.slice(0, 3).join("; ") || "none named"}`,
    };
  if ((status === "done" || status === "degraded") && !/ConfigDrive|OpenStack/.test(datasource))
    yield {
      code: "cloud-init-datasource",
      detail: `cloud-init took its data from ${datasource || "nowhere"}, not from the cloud.`,
    };
  if (cloudInit.version === "") yield { code: "no-cloud-init", detail: "The package cloud-init is not installed." };
}

function* leftFindings({ forbidden }: VerifyReport): Generator<Finding> {
  for (const { path, why } of forbidden.items)
    yield why === "excluded"
      ? { code: "excluded-path", detail: `${path} was to be excluded and is there.` }
      : { code: "forbidden-path", detail: `${path} is in a folder that had to be empty.` };
  if (forbidden.omitted > 0)
    yield { code: "forbidden-path", detail: `${forbidden.omitted} more files are where nothing may be.` };
}

function* identityFindings(report: VerifyReport, source: NonNullable<Expectations["source"]>): Generator<Finding> {
  if (report.machineIdHash === "") yield { code: "no-machine-id", detail: "It has no machine id." };
  else if (report.machineIdHash === source.machineIdHash)
    yield { code: "same-machine-id", detail: "Its machine id is the source's." };
  const shared = report.hostKeyHashes.filter((hash) => source.hostKeyHashes.includes(hash));
  if (shared.length > 0)
    yield { code: "same-host-key", detail: `${shared.length} of its SSH host keys are the source's.` };
  if (report.hostKeyHashes.length === 0 && source.hostKeyHashes.length > 0)
    yield { code: "no-host-key", detail: "It made no SSH host keys, though the source had some." };
}

function* diskFindings({ rootFileSystem }: VerifyReport): Generator<Finding> {
  const { grown, sizeBytes, diskBytes, usedBytes } = rootFileSystem;
  if (!grown)
    yield {
      code: "not-grown",
      detail: `The root file system has ${sizeBytes} bytes on a disk of ${diskBytes}: it did not grow.`,
    };
  if (sizeBytes > 0 && usedBytes > sizeBytes * 0.95)
    yield { code: "disk-full", detail: `The root file system is full: ${usedBytes} of ${sizeBytes} bytes.` };
}

/** Why some will not run, as `clean` found them. */
function* wrongPostScripts({ folderProblems, scripts }: PostScriptsFound): Generator<Finding> {
  for (const problem of folderProblems)
    yield { code: "post-scripts-folder", detail: `/etc/atmo/post-scripts.d ${problem}.` };
  for (const { name, problems } of scripts)
    for (const problem of problems) yield { code: "post-script-wrong", detail: `${name} ${problem}.` };
}

/** What a post-script does is its author's business: told, not judged. What it printed stands in the report alone, which is erased in time. */
function* postScriptFindings({ postScripts }: VerifyReport): Generator<Finding> {
  for (const { name, exitStatus, timedOut } of postScripts) {
    if (timedOut) yield { code: "post-script-timeout", detail: `${name} was stopped: it took too long.` };
    else if (exitStatus === null) yield { code: "post-script-not-run", detail: `${name} was not run.` };
    else if (exitStatus !== 0) yield { code: "post-script-failed", detail: `${name} ended with ${exitStatus}.` };
  }
}
