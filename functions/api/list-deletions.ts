// GET /v1/tidying/deletions: what was tidied away, for staff.
import { listDeletions } from "../../events/operations/list-deletions.ts";
import { BadCursor } from "../../lib/aws/cursor.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { invalid, notStaff } from "../../lib/http/http-problem.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";

export const handler = endpoint(listDeletions, async ({ runtime, provider, caller, query }) => {
  if (!caller.isStaff) throw notStaff("Only staff of this provider see what was tidied away.");
  try {
    const page = await openTidyingStore(runtime.table).listDeletions(provider.name, query.limit, query.cursor);
    return answer(200, {
      deletions: page.deletions.map(({ schemaVersion: _version, provider: _provider, thingId, at, ...deletion }) => ({
        id: thingId,
        ...deletion,
        deletedAt: at,
      })),
      next: page.next ?? null,
    });
  } catch (error) {
    if (!(error instanceof BadCursor)) throw error;
    throw invalid([{ field: "cursor", detail: "is none that was given out here" }], "query");
  }
});
