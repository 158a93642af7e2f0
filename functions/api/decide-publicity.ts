// POST /v1/images/{id}/publicity/decision: staff let an image be public, or not.
import { decidePublicity } from "../../events/operations/decide-publicity.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict, notFound } from "../../lib/http/http-problem.ts";
import { decidersOnly } from "../../lib/http/staff.ts";
import { actor } from "../../lib/http/visible-request.ts";
import { carryOut } from "../../lib/images/make-public.ts";
import { openPublicity } from "../../lib/images/publicity.ts";
import { publicityView, visiblePublicity } from "../../lib/images/publicity-view.ts";
import { log } from "../../lib/log.ts";
import { OpenStackFault } from "../../lib/openstack/index.ts";
import { whyNotPublic } from "../../lib/requests/limits.ts";

export const handler = endpoint(decidePublicity, async (call) => {
  const { runtime, provider, caller, body, bounded } = call;
  const question = await visiblePublicity(call);
  decidersOnly(caller, provider.policy, question.requester);
  const why = body.decision === "approve" ? whyNotPublic(provider.policy) : undefined;
  if (why) throw conflict("not-allowed-here", `It cannot be made public: ${why}.`, "Deny it, or change the policy.");

  const publicity = openPublicity(runtime.table);
  const decision = { ...body, by: actor(caller), at: new Date(runtime.clock.now()).toISOString() };
  const decided = await publicity.decide(question, decision);
  if (!decided) {
    throw conflict("not-waiting", "The question does not wait for a decision now.", "Look at its status.");
  }
  call.note({ decision: body.decision, reason: body.reason }, { kind: "image", id: question.imageId });
  try {
    return answer(200, publicityView(await carryOut({ runtime, publicity, bounded }, provider.staff, decided)));
  } catch (error) {
    if (!(error instanceof OpenStackFault)) throw error;
    if (error.kind === "notFound") {
      await publicity.drop(decided);
      throw notFound("image");
    }
    // The decision stands in the table, in the list of what is still to be done.
    log.warn("an approved image is made public later", { imageId: question.imageId, fault: error.message });
    return answer(200, publicityView(decided));
  }
});
