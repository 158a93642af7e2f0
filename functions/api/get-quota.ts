// GET /v1/quota: what the project may have and has; what imaging a server would need.
import { getQuota } from "../../events/operations/get-quota.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { invalid } from "../../lib/http/http-problem.ts";
import { needsOf, quotaOf } from "../../lib/requests/quota.ts";

export const handler = endpoint(getQuota, async ({ provider, caller, query: { serverId, preparation } }) => {
  const { cloud, projectId } = caller;
  const [quota, needs] = await Promise.all([
    quotaOf(cloud, projectId),
    serverId === undefined ? null : needsOf(cloud, projectId, { serverId, preparation }, provider.policy),
  ]);
  if (needs === undefined) {
    throw invalid([{ field: "serverId", detail: "is no server of the project that your token is for" }], "query");
  }
  return answer(200, { ...quota, needs });
});
