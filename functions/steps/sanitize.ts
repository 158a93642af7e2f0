// Everything of the owner is removed from the image. Passed through: so far only as-is images are taken, and the door refuses others.
import { notBuilt } from "../../lib/workflow/not-built.ts";
import { pass, refuse } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const sanitize = defineStep("sanitize", async ({ request }) => {
  if (request.asked.preparation === "as-is") return pass("nothing is removed: the image was asked for as-is");
  return refuse(notBuilt("Cleaning images"));
});

export const handler = serveStep(sanitize);
