// What may be asked for at all: by what is built, and by the provider's policy. No cloud is asked.
import type { ImageRequestBody } from "../../events/image-request.ts";
import { excludePathProblem, keepPathProblem, systemFileProblem } from "../guest/paths.ts";
import { cleanUserData } from "../guest/user-data.ts";
import type { Policy } from "../providers/policy.ts";
import type { FieldError } from "./problem.ts";
import { maxListBytes, provenanceList } from "./provenance.ts";

/** Every field that asks for more than can be done here, each with its reason. */
export function beyondLimits(asked: ImageRequestBody, policy: Policy): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, detail: string) => errors.push({ field, detail });
  if (!policy.visibilities.includes(asked.visibility)) {
    refuse("visibility", `this provider allows ${policy.visibilities.join(", ")}`);
  } else if (asked.visibility === "public" && whyNotPublic(policy) !== undefined) {
    refuse("visibility", whyNotPublic(policy) ?? "");
  } else if (asked.preparation === "as-is" && asked.visibility !== "private") {
    refuse("preparation", "an image that others see must be cleaned: as-is is only for private images");
  }
  if (asked.preparation === "as-is" && asked.excludePaths.length > 0) {
    refuse("excludePaths", "nothing is removed from an image that is taken as-is: remove the files yourself first");
  }
  if (asked.preparation === "clean") for (const { field, detail } of beyondCleaning(asked)) refuse(field, detail);
  if (asked.share.users.length > 0 && policy.directoryCloud === undefined) {
    refuse("share.users", "users cannot be looked up on this provider: ask them for their project's id, and name that");
  }
  for (const field of ["projects", "users"] as const) {
    if (asked.share[field].length > 0 && asked.visibility !== "shared")
      refuse(`share.${field}`, "only an image of visibility shared is shared with anybody by name");
  }
  for (const field of ["installedSoftware", "systemFiles", "keepPaths"] as const) {
    if ((provenanceList(asked[field])?.length ?? 0) > maxListBytes)
      refuse(field, `is too long to be kept with the image: ${maxListBytes} bytes are possible`);
  }
  if (asked.targets.length > 0) refuse("targets", "images cannot be sent to other providers so far");
  return errors;
}

/** Undefined: images can be made public on this provider. */
export function whyNotPublic(policy: Pick<Policy, "visibilities" | "staffCloud">): string | undefined {
  if (!policy.visibilities.includes("public")) return `this provider allows ${policy.visibilities.join(", ")}`;
  if (policy.staffCloud === undefined)
    return "images are made public with the operator's own credential, and this provider has none: ask for community";
  return undefined;
}

/** What cannot be cleaned so, and paths that are too many to reach the guest. */
function* beyondCleaning(asked: ImageRequestBody): Generator<FieldError> {
  for (const [at, path] of asked.excludePaths.entries()) {
    const detail = excludePathProblem(path);
    if (detail) yield { field: `excludePaths.${at}`, detail: `${path.slice(0, 200)} ${detail}` };
  }
  for (const [at, { path }] of asked.keepPaths.entries()) {
    const detail = keepPathProblem(path);
    if (detail) yield { field: `keepPaths.${at}`, detail: `${path.slice(0, 200)} ${detail}` };
  }
  for (const [at, { path }] of asked.systemFiles.entries()) {
    const detail = systemFileProblem(path);
    if (detail) yield { field: `systemFiles.${at}`, detail: `${path.slice(0, 200)} ${detail}` };
  }
  const detail = tooLongForGuest(asked);
  if (detail) yield { field: "excludePaths", detail };
}

/** Paths reach a guest in its user-data, which Nova bounds. Undefined: they fit. */
export function tooLongForGuest({
  excludePaths,
  keepPaths,
  systemFiles,
}: Pick<ImageRequestBody, "excludePaths" | "keepPaths" | "systemFiles">): string | undefined {
  try {
    cleanUserData({
      nonce: "000000000000000000000000",
      excludePaths,
      keepPaths: keepPaths.map(({ path }) => path),
      keptSystemFiles: systemFiles.map(({ path }) => path),
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why staff must be asked; empty where the policy needs nobody. */
export function reasonsForApproval(asked: ImageRequestBody, policy: Pick<Policy, "approvalNeededFor">): string[] {
  const reasons: string[] = [];
  if (policy.approvalNeededFor.includes(asked.visibility))
    reasons.push(`images that are ${asked.visibility} need a yes`);
  if (asked.systemFiles.length > 0) reasons.push("system files were changed");
  if (asked.keepPaths.length > 0) reasons.push("paths are to be kept that are removed otherwise");
  return reasons;
}
