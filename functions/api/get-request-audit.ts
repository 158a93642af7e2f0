// GET /v1/image-requests/{id}/audit: who did what about a request, and what its steps changed in the cloud.
import { getRequestAudit } from "../../events/operations/get-request-audit.ts";
import { openAuditStore } from "../../lib/audit/audit-store.ts";
import { noCalls } from "../../lib/audit/calls-made.ts";
import { shownRecord } from "../../lib/audit/shown-record.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import { visibleRequest } from "../../lib/http/visible-request.ts";

export const handler = endpoint(getRequestAudit, async (call) => {
  const { id, calls = noCalls } = await visibleRequest(call);
  const { records, cursor } = await openAuditStore(call.runtime.table)
    .about({ kind: "image-request", id }, { provider: call.provider.name, ...call.query })
    .catch(refuseBadCursor);
  return answer(200, { id, records: records.map(shownRecord), calls, next: cursor ?? null });
});
