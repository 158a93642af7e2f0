// The server is as we found it: unlocked, and started if it ran.
import { giveBack } from "../../lib/workflow/give-back.ts";
import { done, refuse } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const resume = defineStep("resume", async ({ request, cloud, ledger }) => {
  const given = await giveBack(cloud, request, ledger);
  switch (given.kind) {
    case "given":
      return done(
        { serverGone: false },
        `the server is as it was${request.learned.quiesce?.wasRunning ? ": running" : ""}`,
      );
    case "gone":
      return done({ serverGone: true }, "the server was deleted by its owner; its snapshot was finished before");
    case "wait":
      return given.wait;
    case "cannot":
      return refuse(given.problem);
  }
});

export const handler = serveStep(resume);
