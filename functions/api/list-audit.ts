// GET /v1/audit: who did what on this provider, for its staff.
import { listAudit } from "../../events/operations/list-audit.ts";
import { openAuditStore } from "../../lib/audit/audit-store.ts";
import { shownRecord } from "../../lib/audit/shown-record.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import { staffOnly } from "../../lib/http/staff.ts";

export const handler = endpoint(listAudit, async ({ runtime, provider, caller, query: { user, ...page } }) => {
  staffOnly(caller);
  const store = openAuditStore(runtime.table);
  const asked = { provider: provider.name, ...page };
  const listed = await (user === undefined ? store.all(asked) : store.byUser(user, asked)).catch(refuseBadCursor);
  return answer(200, { records: listed.records.map(shownRecord), next: listed.cursor ?? null });
});
