// GET /v1/tidying/deletions: what was tidied away, for staff.
import { listDeletions } from "../../events/operations/list-deletions.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import { staffOnly } from "../../lib/http/staff.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";

export const handler = endpoint(listDeletions, async ({ runtime, provider, caller, query }) => {
  staffOnly(caller, "Only staff of this provider see what was tidied away.");
  const page = await openTidyingStore(runtime.table)
    .listDeletions(provider.name, query.limit, query.cursor)
    .catch(refuseBadCursor);
  return answer(200, {
    deletions: page.deletions.map(({ schemaVersion: _version, provider: _provider, thingId, at, ...deletion }) => ({
      id: thingId,
      ...deletion,
      deletedAt: at,
    })),
    next: page.next ?? null,
  });
});
