// Every temporary thing is gone, the server is as found, the trust is deleted last. Every road ends here.
import { giveBack } from "../../lib/workflow/give-back.ts";
import { done, refuse, type StepOutcome } from "../../lib/workflow/outcome.ts";
import { cannotTidy, removeSnapshots, removeTrust, withAuthority } from "../../lib/workflow/removal.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep, type StepSurroundings } from "../../lib/workflow/step.ts";

export const release = defineStep("release", (at) => withAuthority(at, (cloud) => tidy({ ...at, cloud })));

export const handler = serveStep(release);

async function tidy(at: StepSurroundings): Promise<StepOutcome<"release">> {
  const { request, cloud, ledger, locks } = at;
  // The ledger backwards; but the owner does not wait for the server until a lost call has surely ended.
  const pending = await removeSnapshots(at);
  const given = await giveBack(cloud, request.server, ledger);
  if (given.kind === "wait") return given.wait;
  if (pending) return pending;
  // The trust, by which all this is done, goes last.
  await removeTrust(cloud, ledger);
  await locks.free();
  if (given.kind === "cannot") return refuse(cannotTidy(given.problem.detail, given.problem.remedy));
  return done(undefined, "nothing of ours is left in the cloud");
}
