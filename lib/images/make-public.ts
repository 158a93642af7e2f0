// The way of an image to everybody: asked for by its owner, decided by staff, done with the operator's credential.
import type { PublicityBody } from "../../events/sharing.ts";
import type { About, Facts } from "../audit/audit-record.ts";
import type { Caller } from "../http/caller.ts";
import { conflict, HttpProblem } from "../http/http-problem.ts";
import { contactAddressOf } from "../notify/contact-address.ts";
import type { Cloud, Image } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import type { Provider } from "../providers/provider.ts";
import { whyNotPublic } from "../requests/limits.ts";
import { problem } from "../requests/problem.ts";
import type { Runtime } from "../runtime.ts";
import type { Publicity, PublicityStore } from "./publicity.ts";
import { setPublic } from "./set-public.ts";
import { tellDecided } from "./sharing-notices.ts";
import { visibilityVerdict } from "./visibility.ts";

export interface Asking {
  readonly provider: Pick<Provider, "name" | "policy" | "staff">;
  readonly caller: Pick<Caller, "projectId" | "projectName" | "userId" | "userName" | "cloud">;
  readonly runtime: Pick<Runtime, "notices" | "queue" | "clock">;
  readonly publicity: PublicityStore;
  bounded(cloud: Cloud): Cloud;
  note?(facts: Facts, about?: About): void;
}

/**
 * Puts the question to staff, or makes the image public at once where the policy needs nobody. The image is the caller's own. Throws 403 where the provider does not
 * allow it, 409 where this image cannot be public.
 */
export async function askToBePublic(
  asking: Asking,
  image: Image,
  { reason, contact }: PublicityBody,
): Promise<Publicity> {
  const { runtime, provider, caller, publicity } = asking;
  refuseNeverPublic(provider.policy, image);
  const address = await contactAddressOf(provider.policy, caller, contact?.email);
  const at = new Date(runtime.clock.now()).toISOString();
  const question = await publicity.ask({
    provider: provider.name,
    imageId: image.id,
    imageName: image.name ?? image.id,
    projectId: caller.projectId,
    projectName: caller.projectName,
    requester: { userId: caller.userId, userName: caller.userName },
    reason,
    ...(address !== undefined && { contactAddress: address }),
    askedAt: at,
  });
  if (provider.policy.approvalNeededFor.includes("public") || question.decision) return question;
  const by = { userId: "policy", userName: "the policy of this provider" };
  const decided = await publicity.decide(question, { decision: "approve", reason: "", by, at });
  return decided ? await carryOut(asking, provider.staff, decided) : question;
}

function refuseNeverPublic(policy: Policy, image: Image): void {
  const why = whyNotPublic(policy);
  if (why) throw new HttpProblem(403, problem("not-allowed-here", "Not allowed on this provider", why));
  if (image.visibility === "public") throw conflict("already-public", "The image is public already.", "Nothing to do.");
  if (image.status !== "active")
    throw conflict("not-active", `The image is ${image.status}.`, "Wait until it is active.");
  const verdict = visibilityVerdict(image, "public", policy);
  if (verdict.kind === "refused") throw conflict(verdict.code, verdict.detail, verdict.remedy);
}

/**
 * Does what follows from a decision: Glance is told, then the owner, then it is written that all was done. Whoever finds a decided question does it again, which does no
 * harm. `notFound` where the image is gone.
 */
export async function carryOut(
  { runtime, publicity, bounded }: Pick<Asking, "runtime" | "publicity" | "bounded">,
  staff: Cloud | undefined,
  question: Publicity,
): Promise<Publicity> {
  if (question.decision?.decision === "approve") {
    if (!staff)
      throw new Error(`image ${question.imageId} is to be public, and its provider has no staffCloud any more`);
    await setPublic(bounded(staff), question.imageId);
  }
  await tellDecided(runtime, question);
  return (await publicity.finish(question, new Date(runtime.clock.now()).toISOString())) ?? question;
}
