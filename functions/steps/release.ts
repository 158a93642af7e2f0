// Every temporary thing is gone, the server is as found, the trust is deleted last. Every road ends here.
import { OpenStackFault } from "../../lib/openstack/index.ts";
import { giveBack } from "../../lib/workflow/give-back.ts";
import { done, refuse, type StepOutcome } from "../../lib/workflow/outcome.ts";
import { cannotTidy, removeMade, removeTrust, withAuthority } from "../../lib/workflow/removal.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep, type StepSurroundings } from "../../lib/workflow/step.ts";

export const release = defineStep("release", (at) => withAuthority(at, (cloud) => tidy({ ...at, cloud })));

export const handler = serveStep(release);

async function tidy(at: StepSurroundings): Promise<StepOutcome<"release">> {
  const { request, cloud, ledger } = at;
  // The ledger backwards; but the owner waits for the server neither until a lost call has surely ended, nor for a Glance that is down.
  const removal = await attempt(removeMade(at));
  const given = await giveBack(cloud, request, ledger, { asStaff: cloud === at.staff });
  if (given.kind === "wait") return given.wait;
  if ("fault" in removal) throw removal.fault;
  const { pending, left } = removal.answer;
  if (pending) return pending;
  // The trust, by which all this is done, goes last; what is gone must be written before, for without it nobody can look again.
  await ledger.keep();
  await removeTrust(cloud, ledger);
  const words = left.map((each) => `${each}: it was left.`);
  const remedy = left.length > 0 ? "If nobody needs what was left, delete it." : undefined;
  if (given.kind === "cannot")
    return refuse(
      cannotTidy([given.problem.detail, ...words].join(" "), [given.problem.remedy, remedy].filter(Boolean).join(" ")),
    );
  if (left.length > 0) return refuse(cannotTidy(words.join(" "), remedy));
  return done(undefined, "nothing of ours is left in the cloud");
}

/** A fault of one service must not keep us from tidying up at another. */
async function attempt<Answer>(asked: Promise<Answer>): Promise<{ answer: Answer } | { fault: OpenStackFault }> {
  try {
    return { answer: await asked };
  } catch (error) {
    if (error instanceof OpenStackFault) return { fault: error };
    throw error;
  }
}
