// GET /v1/servers: the project's servers, with what stands in the way of imaging each.
import { listServers } from "../../events/operations/list-servers.ts";
import { answer } from "../../lib/http/answer.ts";
import { decodeCursor, encodeCursor } from "../../lib/http/cursor.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { pageOfServers } from "../../lib/requests/servers.ts";

export const handler = endpoint(listServers, async ({ runtime, provider, caller, query: { cursor, ...query } }) => {
  const asked = { provider: provider.name, projectId: caller.projectId, ...query };
  const { servers, next } = await pageOfServers(caller.cloud, runtime, asked, decodeCursor(cursor));
  return answer(200, { servers, next: next === undefined ? null : encodeCursor(next) });
});
