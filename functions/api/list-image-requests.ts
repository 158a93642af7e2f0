// GET /v1/image-requests: the requests of the caller's project, newest first, by page and status.

import { listImageRequests } from "../../events/operations/list-image-requests.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { representation } from "../../lib/requests/representation.ts";
import type { ProjectQuery } from "../../lib/requests/store.ts";
import type { Runtime } from "../../lib/runtime.ts";

/** A filter can leave pages of the index empty; so many are read for one answer at most. */
const maxIndexPages = 10;

export const handler = endpoint(listImageRequests, async ({ runtime, provider, caller, query }) => {
  const { requests, cursor } = await fullPage(runtime, {
    provider: provider.name,
    projectId: caller.projectId,
    ...dropUndefined(query),
  });
  return answer(200, { requests: requests.map(representation), next: cursor ?? null });
});

async function fullPage(
  { store }: Runtime,
  query: ProjectQuery,
): Promise<{ requests: ImageRequest[]; cursor?: string }> {
  const requests: ImageRequest[] = [];
  let rest = query;
  for (let page = 0; page < maxIndexPages; page++) {
    const found = await store.listOfProject({ ...rest, limit: query.limit - requests.length }).catch(refuseBadCursor);
    requests.push(...found.requests);
    if (!found.cursor) return { requests };
    rest = { ...query, cursor: found.cursor };
    if (requests.length >= query.limit) break;
  }
  return rest.cursor ? { requests, cursor: rest.cursor } : { requests };
}

function dropUndefined({
  status,
  limit,
  cursor,
}: {
  status?: ProjectQuery["status"] | undefined;
  limit: number;
  cursor?: string | undefined;
}) {
  return { limit, ...(status && { status }), ...(cursor && { cursor }) };
}
