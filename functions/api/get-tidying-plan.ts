// GET /v1/tidying/plan: what the next pass would do, for staff.
import { getTidyingPlan } from "../../events/operations/get-tidying-plan.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { staffOnly } from "../../lib/http/staff.ts";
import { planView } from "../../lib/tidying/plan-view.ts";

export const handler = endpoint(getTidyingPlan, async (call) => {
  staffOnly(call.caller, "Only staff of this provider see what is to be tidied away.");
  return answer(200, await planView(call));
});
