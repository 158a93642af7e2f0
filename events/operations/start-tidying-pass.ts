// POST /v1/tidying/passes
import { defineOperation } from "../operation.ts";
import { passDue, passQuery, plan } from "../tidying.ts";
import { getTidyingPlan } from "./get-tidying-plan.ts";

export const startTidyingPass = defineOperation({
  id: "start-tidying-pass",
  method: "POST",
  path: "/v1/tidying/passes",
  tag: "Staff",
  summary: "Let a pass over the images begin now, or see what it would do",
  description:
    "The next hourly run begins a pass, though the last one began less than a day ago; each image still has its time between being told of, hidden and deleted. " +
    "With `dryRun=true` nothing is begun, and the answer is that of `GET /v1/tidying/plan`, which is the one to read the plan by. " +
    "409 where tidying is off, where there is no `staffCloud`, and where a pass is under way.",
  caller: "token",
  query: passQuery,
  answers: {
    200: {
      description: "With `dryRun=true`: each image with its reason",
      schema: plan,
      example: getTidyingPlan.answers[200].example,
    },
    202: { description: "The next run begins a pass", schema: passDue, example: { due: true, held: null } },
  },
  problems: [403, 409],
  examples: { query: { dryRun: "true" } },
});
