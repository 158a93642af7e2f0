// The image is booted and proven. Passed through: so far only private, as-is images are made, and the door refuses others.
import { notBuilt } from "../../lib/workflow/not-built.ts";
import { pass, refuse } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const verify = defineStep("verify", async ({ request: { asked } }) => {
  if (asked.preparation === "as-is" && asked.visibility === "private") {
    return pass("the image was not booted for a proof: it is private and as-is");
  }
  return refuse(notBuilt("Proving images by booting them"));
});

export const handler = serveStep(verify);
