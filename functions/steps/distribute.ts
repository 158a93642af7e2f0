// The image stands on every other provider asked for. Passed through: so far no other providers can be asked for.
import { notBuilt } from "../../lib/workflow/not-built.ts";
import { pass, refuse } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const distribute = defineStep("distribute", async ({ request }) => {
  if (request.asked.targets.length === 0) return pass("no other provider was asked for");
  return refuse(notBuilt("Sending images to other providers", "Ask again without `targets`."));
});

export const handler = serveStep(distribute);
