// An image exists from which everything of the owner is gone: a temporary server cleaned itself, reported, was stopped and captured.
import { hearClean } from "../../lib/guest/console.ts";
import type { CleanReport } from "../../lib/guest/report.ts";
import { cleanUserData } from "../../lib/guest/user-data.ts";
import { problem } from "../../lib/requests/problem.ts";
import { afterCleaning, cleaningInWords } from "../../lib/workflow/after-cleaning.ts";
import { imageInTheMaking, takeImage } from "../../lib/workflow/image-in-the-making.ts";
import { imageToPublish, imageVanished } from "../../lib/workflow/image-to-publish.ts";
import { done, lookAgain, pass, refuse, type StepOutcome, wait } from "../../lib/workflow/outcome.ts";
import { ask, excludedPaths, secretsToAsk } from "../../lib/workflow/questions.ts";
import { removeEntry } from "../../lib/workflow/removal.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { findServers } from "../../lib/workflow/servers.ts";
import { defineStep, type StepSurroundings } from "../../lib/workflow/step.ts";
import { heardNow, listen, serverVanished, temporaryServer } from "../../lib/workflow/temporary-server.ts";

/** So often at most a request is cleaned: first, and after each answer. */
const maxCleanings = 6;

export const sanitize = defineStep("sanitize", async (at) => {
  const { request, ledger, evidence } = at;
  if (request.asked.preparation === "as-is") return pass("asked for as it is: nothing is removed");

  const entry = ledger.find("clean-server");
  const found = await evidence.find("clean");
  const heard = entry !== undefined && found?.mark === entry.mark && found.report !== undefined;
  if (heard || ledger.find("clean-image")) return await capture(at, found?.report);

  // Between two cleanings there is no server; what the last one found decides whether there is another.
  if (!entry && found?.report) {
    const secrets = secretsToAsk(request, found.report);
    const asked = { id: `secrets-${ledger.count("clean-server")}`, kind: "secrets", secrets } as const;
    if (secrets.length > 0) return ask(at, asked, `for an answer: ${secrets.length} secrets are in the image`);
    if (ledger.count("clean-server") >= maxCleanings) return refuse(neverClean());
  }
  return await clean(at);
});

export const handler = serveStep(sanitize);

/** Boots the snapshot with our clean-up and hears its report. */
async function clean(at: StepSurroundings): Promise<StepOutcome<"sanitize">> {
  const { request, cloud, evidence } = at;
  const snapshot = await imageToPublish(cloud, request);
  if (!snapshot) return refuse(imageVanished(request));
  const temporary = await temporaryServer(at, "clean-server", snapshot, (nonce) =>
    cleanUserData({
      nonce,
      excludePaths: excludedPaths(request),
      keepPaths: request.asked.keepPaths.map(({ path }) => path),
      keptSystemFiles: request.asked.systemFiles.map(({ path }) => path),
    }),
  );
  if (temporary.kind === "answer") return temporary.answer;
  const listened = await listen(at, temporary, hearClean);
  if (listened.kind === "answer") return listened.answer;
  await evidence.keep("clean", heardNow(at, temporary, listened));
  return lookAgain(`the guest is clean: ${cleaningInWords(listened.report)}`);
}

/** Stops the cleaned server, has Nova take its image, and takes the server away; or asks, or refuses, for what was found in it. */
async function capture(at: StepSurroundings, report: CleanReport | undefined): Promise<StepOutcome<"sanitize">> {
  const { request, cloud, ledger, provider } = at;
  if (!report) throw new Error(`request ${request.id} has a cleaned server and no report of it`);
  const entry = ledger.find("clean-server");
  const [server] = entry ? await findServers(cloud, request.projectId, entry) : [];

  const image = await imageInTheMaking(at, "clean-image", server);
  if (image.kind === "active") {
    const removing = entry && (await removeEntry(at, entry));
    if (removing) return removing;
    const { id, sizeBytes } = image.image;
    const secrets = report.secrets.items.length + report.secrets.omitted;
    return done({ imageId: id, sizeBytes: sizeBytes ?? 0, secrets }, `the image is clean: ${cleaningInWords(report)}`);
  }
  if (image.kind === "answer") return image.answer;

  const mayNotLeave = afterCleaning(request, provider.policy, report);
  if (mayNotLeave) return refuse(mayNotLeave);
  if (entry && secretsToAsk(request, report).length > 0)
    return (await removeEntry(at, entry)) ?? lookAgain("secrets were found, which the requester must know of");
  if (!server) return refuse(serverVanished());
  if (server.taskState) return wait(`the temporary server is busy: ${server.taskState}`);
  if (server.status === "SHUTOFF") return await takeImage(at, "clean-image", server);
  await cloud.compute.stopServer(server.id);
  return wait("the temporary server was asked to stop");
}

function neverClean() {
  return problem(
    "never-clean",
    "New secrets were found again and again",
    `After ${maxCleanings} cleanings secrets are found that nobody excluded or acknowledged.`,
    { remedy: "Remove them from the server itself, then ask again." },
  );
}
