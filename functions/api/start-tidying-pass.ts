// POST /v1/tidying/passes: staff let the next run begin a pass, whenever the last one began; or only see what it would do.
import { startTidyingPass } from "../../events/operations/start-tidying-pass.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict } from "../../lib/http/http-problem.ts";
import { staffOnly } from "../../lib/http/staff.ts";
import { planView } from "../../lib/tidying/plan-view.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";

export const handler = endpoint(startTidyingPass, async (call) => {
  const { runtime, provider, caller, query } = call;
  staffOnly(caller, "Only staff of this provider let a pass begin.");
  if (query.dryRun === "true") {
    call.note({ dryRun: true });
    return answer(200, await planView(call));
  }
  if (!provider.policy.tidying.enabled) {
    const remedy = "Set `tidying.enabled` in the policy; the plan can be seen before.";
    throw conflict("tidying-off", "Tidying is off: nothing of the plan is done.", remedy);
  }
  if (!provider.staff) {
    const detail = "Without staffCloud only the images of Darkroom's own project are looked at.";
    throw conflict("no-staff-cloud", detail, "Name an entry in the policy's `staffCloud`.");
  }
  const state = await openTidyingStore(runtime.table).passDueNow(provider.name);
  if (!state) {
    const remedy = "Each hour it goes on where it stopped: ask again when it is through.";
    throw conflict("pass-under-way", "A pass is under way.", remedy);
  }
  return answer(202, { due: true, held: state.held?.why ?? null });
});
