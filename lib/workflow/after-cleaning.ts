// What the report of a cleaned guest means for the request: may such an image leave its project?
import type { CleanReport } from "../guest/report.ts";
import type { Policy } from "../providers/policy.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { type Problem, problem } from "../requests/problem.ts";
import { secretsToAsk } from "./questions.ts";

/** Undefined: it may. What only the requester can say is asked elsewhere. */
export function afterCleaning(
  { asked }: Pick<ImageRequest, "asked">,
  policy: Policy,
  report: CleanReport,
): Problem | undefined {
  if (asked.visibility === "private") return undefined;
  if (report.secrets.omitted > 0) {
    return problem(
      "too-many-secrets",
      "More secrets than can be listed",
      `${report.secrets.items.length + report.secrets.omitted} secrets are in the image, more than can be acknowledged one by one.`,
      { remedy: "Remove them from the server, or ask for a private image." },
    );
  }
  const open = report.freeSpace.filter(({ promised }) => !promised);
  if (open.length === 0 || policy.unpromisedFreeSpace === "any") return undefined;
  return problem(
    "may-be-undeleted",
    "Files that were deleted before could be read from the image",
    open.map(({ mountPoint, fileSystem, why }) => `${mountPoint} (${fileSystem}): ${why}`).join("; "),
    { remedy: "Ask for a private image, or build the image on a server whose file systems are ext4." },
  );
}

/** Why an image that was cleaned to stay private may not be shown to others later; undefined: it may. */
export function onlyPrivately(
  request: Pick<ImageRequest, "asked" | "answers">,
  policy: Policy,
  report: CleanReport,
): string | undefined {
  const shared = { ...request, asked: { ...request.asked, visibility: "shared" as const } };
  const secrets = secretsToAsk(shared, report).length;
  return (
    afterCleaning(shared, policy, report)?.title ??
    (secrets > 0 ? `${secrets} secrets were found in it that nobody acknowledged` : undefined)
  );
}

/** One line for the timeline. */
export function cleaningInWords(report: CleanReport): string {
  const all = [...report.removed.items, ...report.excluded.items];
  const files = all.reduce((sum, each) => sum + each.files, 0);
  const bytes = all.reduce((sum, each) => sum + each.bytes, 0);
  const space = report.freeSpace.reduce((sum, each) => sum + each.bytes, 0);
  return `${files} files with ${bytes} bytes removed, ${space} bytes of free space overwritten, ${report.accounts.items.length + report.accounts.omitted} accounts closed`;
}
