// Every temporary thing is gone, the server is as found, the trust is deleted last. Every road ends here.
import { done, refuse } from "../../lib/workflow/outcome.ts";
import { cannotTidy, removeSnapshots, removeTrust } from "../../lib/workflow/removal.ts";
import { giveBack } from "../../lib/workflow/give-back.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const release = defineStep("release", async (at) => {
  const { request, ledger, locks } = at;
  return await withAuthority(at, async (cloud) => {
    // The ledger backwards: what was made last goes first, the trust, by which all is done, goes last.
    const removed = await removeSnapshots(cloud, at);
    if (removed) return removed;
    const given = await giveBack(cloud, request.server, ledger);
    if (given.kind === "wait") return given.wait;
    if (given.kind === "cannot") return refuse(cannotTidy(given.problem.detail, given.problem.remedy));
    await removeTrust(cloud, ledger);
    await locks.free();
    return done(undefined, "everything of ours is gone from the cloud");
  });
});

export const handler = serveStep(release);
