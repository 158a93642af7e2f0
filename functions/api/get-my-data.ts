// GET /v1/my-data: everything that is kept of a user, for the user; or for staff, which is recorded.
import { getMyData } from "../../events/operations/get-my-data.ts";
import { shownRecord } from "../../lib/audit/shown-record.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import { whoseData } from "../../lib/http/whose-data.ts";
import { publicityView } from "../../lib/images/publicity-view.ts";
import { pageOfUser } from "../../lib/personal-data/user-items.ts";
import type { EvidenceStore } from "../../lib/requests/evidence.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { representation } from "../../lib/requests/representation.ts";

export const handler = endpoint(getMyData, async (call) => {
  const { runtime, provider, caller, query } = call;
  const { user, limit, cursor } = query;
  const userId = whoseData(caller, user);
  if (userId !== caller.userId) {
    call.recordLook();
    call.note({}, { kind: "user", id: userId });
  }
  const page = await pageOfUser(runtime.table, { provider: provider.name, userId, limit, cursor }).catch(
    refuseBadCursor,
  );
  return answer(200, {
    user: { id: userId },
    requests: await Promise.all(page.requests.map((request) => shown(request, runtime.evidence))),
    records: page.records.map(shownRecord),
    publicity: page.publicity.map((question) => ({
      publicity: publicityView(question),
      contactAddress: question.contactAddress ?? null,
    })),
    next: page.cursor ?? null,
  });
});

async function shown(request: ImageRequest, evidence: EvidenceStore) {
  const kinds = ["clean", "verify"] as const;
  const found = await Promise.all(kinds.map((kind) => evidence.find(request.id, kind)));
  const reports = kinds.flatMap((kind, at) => {
    const kept = found[at];
    return kept ? [{ kind, at: kept.at }] : [];
  });
  return { request: representation(request), contactAddress: request.contactAddress ?? null, reports };
}
