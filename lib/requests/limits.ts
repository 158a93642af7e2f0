// What may be asked for at all: by what is built, and by the provider's policy. No cloud is asked.
import type { ImageRequestBody } from "../../events/image-request.ts";
import type { Policy } from "../providers/policy.ts";
import type { FieldError } from "./problem.ts";
import { maxListBytes, provenanceList } from "./provenance.ts";

/** Every field that asks for more than can be done here, each with its reason. */
export function beyondLimits(asked: ImageRequestBody, policy: Policy): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, detail: string) => errors.push({ field, detail });
  if (!policy.visibilities.includes(asked.visibility)) {
    refuse("visibility", `this provider allows ${policy.visibilities.join(", ")}`);
  } else if (asked.visibility !== "private") {
    refuse(
      "visibility",
      "only private images can be made so far: an image that others see must be cleaned and proven first",
    );
  }
  if (asked.preparation !== "as-is") {
    refuse(
      "preparation",
      "images cannot be cleaned so far: ask for as-is, which leaves everything in the image that is on the disk",
    );
  }
  if (asked.preparation === "as-is" && asked.excludePaths.length > 0) {
    refuse("excludePaths", "nothing is removed from an image that is taken as-is: remove the files yourself first");
  }
  if (asked.share.projects.length + asked.share.users.length > 0) {
    refuse("share", "a private image is shared with nobody");
  }
  for (const field of ["installedSoftware", "systemFiles", "keepPaths"] as const) {
    if ((provenanceList(asked[field])?.length ?? 0) > maxListBytes)
      refuse(field, `is too long to be kept with the image: ${maxListBytes} bytes are possible`);
  }
  if (asked.targets.length > 0) refuse("targets", "images cannot be sent to other providers so far");
  return errors;
}

/** Why staff must be asked; empty where the policy needs nobody. */
export function reasonsForApproval(asked: ImageRequestBody, policy: Policy): string[] {
  const reasons: string[] = [];
  if (policy.approvalNeededFor.includes(asked.visibility))
    reasons.push(`images that are ${asked.visibility} need a yes`);
  if (asked.systemFiles.length > 0) reasons.push("system files were changed");
  if (asked.keepPaths.length > 0) reasons.push("paths are to be kept that are removed otherwise");
  return reasons;
}
