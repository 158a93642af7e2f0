// That very image was booted and is sound; where the requester wants to, they have tried it too.
import { hearVerify } from "../../lib/guest/console.ts";
import { type Finding, judge } from "../../lib/guest/judge.ts";
import { verifyUserData } from "../../lib/guest/user-data.ts";
import type { Image } from "../../lib/openstack/index.ts";
import type { Evidence } from "../../lib/requests/evidence.ts";
import { problem } from "../../lib/requests/problem.ts";
import { imageToPublish, imageVanished } from "../../lib/workflow/image-to-publish.ts";
import { done, lookAgain, pass, refuse, type StepOutcome } from "../../lib/workflow/outcome.ts";
import { ask, excludedPaths } from "../../lib/workflow/questions.ts";
import { removeEntry } from "../../lib/workflow/removal.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep, type StepSurroundings } from "../../lib/workflow/step.ts";
import { heardNow, listen, temporaryServer } from "../../lib/workflow/temporary-server.ts";

export const verify = defineStep("verify", async (at) => {
  const { request, cloud, ledger, evidence, provider } = at;
  const image = await imageToPublish(cloud, request);
  if (!image) return refuse(imageVanished(request));
  if (request.asked.preparation === "as-is") {
    if (!provider.policy.proveAsIs)
      return reviewed(at, image, pass("the policy of this provider does not have as-is images proven"));
    if (image.properties.os_type === "windows")
      return reviewed(at, image, pass("Windows is not booted to be proven: our scripts are for Unix"));
  }

  const entry = ledger.find("verify-server");
  const found = await evidence.find("verify");
  if (entry && found?.mark === entry.mark && found.verdict)
    return (await removeEntry(at, entry)) ?? lookAgain("the temporary server is gone");
  if (!entry && found?.verdict && found.imageId === image.id) return conclude(at, image, found);
  return await prove(at, image);
});

export const handler = serveStep(verify);

/** Boots the image, with its own properties, and hears what it looks like from inside. */
async function prove(at: StepSurroundings, image: Image): Promise<StepOutcome<"verify">> {
  const { request, evidence, provider } = at;
  const temporary = await temporaryServer(at, "verify-server", image, (nonce) =>
    verifyUserData({
      nonce,
      excludePaths: excludedPaths(request),
      keepPaths: request.asked.keepPaths.map(({ path }) => path),
      emptied: request.asked.preparation === "clean",
    }),
  );
  if (temporary.kind === "answer") return temporary.answer;
  const listened = await listen(at, temporary, hearVerify);
  if (listened.kind === "answer") return listened.answer;
  const source = (await evidence.find("clean"))?.report;
  const verdict = judge(listened.report, {
    ...(source && { source }),
    guestAgentNeeded: provider.policy.guestAgent === "needed",
  });
  await evidence.keep("verify", { ...heardNow(at, temporary, listened), verdict });
  return lookAgain(
    verdict.sound ? "the guest came up and is as it must be" : `the guest came up: ${inWords(verdict.stops)}`,
  );
}

function conclude(
  at: StepSurroundings,
  image: Image,
  { at: provenAt, report, verdict }: Evidence<{ guestAgent: "absent" | "installed" | "active" }>,
): StepOutcome<"verify"> {
  if (!verdict?.sound || !report) return refuse(notSound(verdict?.stops ?? []));
  const proven = done<"verify">(
    { provenAt, guestAgent: report.guestAgent, warnings: verdict.warnings },
    `the image boots and is sound${verdict.warnings.length > 0 ? `; ${inWords(verdict.warnings)}` : ""}`,
  );
  return reviewed(at, image, proven);
}

/** As far as we are concerned it may be published; the requester may have wanted to try it first, proven by us or not. */
function reviewed(at: StepSurroundings, image: Image, ours: StepOutcome<"verify">): StepOutcome<"verify"> {
  const { request } = at;
  if (!request.asked.review) return ours;
  const question = { id: "review", kind: "review", imageId: image.id } as const;
  const answer = request.answers?.find(({ questionId }) => questionId === question.id);
  if (!answer) return ask(at, question, "for the requester to try the image and say whether it is as wanted");
  if (answer.review === "accept") return ours;
  return refuse(rejected(answer.by.userName, answer.reason), "cancelled");
}

function notSound(stops: readonly Finding[]) {
  return problem(
    "not-sound",
    "The image is not sound",
    `The image was booted and is not as it must be: ${inWords(stops)}`,
    {
      remedy: "Look at the report; mend what it names in the server, and ask again.",
      errors: stops.map(({ code, detail }) => ({ field: code, detail })),
    },
  );
}

function rejected(userName: string, reason: string) {
  const detail = `${userName} tried the image and rejected it${reason && `: ${reason}`}.`;
  return problem("rejected", "Rejected by the requester", detail, { remedy: "Change the server and ask again." });
}

function inWords(findings: readonly Finding[]): string {
  return findings
    .map(({ detail }) => detail)
    .join(" ")
    .slice(0, 1500);
}
