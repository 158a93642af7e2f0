// DELETE /v1/my-data: a user's personal data go, page by page; ids stay.
import { eraseMyData } from "../../events/operations/erase-my-data.ts";
import { openAuditStore } from "../../lib/audit/audit-store.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { refuseBadCursor } from "../../lib/http/page.ts";
import { whoseData } from "../../lib/http/whose-data.ts";
import { openPublicity } from "../../lib/images/publicity.ts";
import { eraseAct } from "../../lib/personal-data/erase-acts.ts";
import { eraseRequest } from "../../lib/personal-data/erase-request.ts";
import { erasedName } from "../../lib/personal-data/names.ts";
import { pageOfUser } from "../../lib/personal-data/user-items.ts";

export const handler = endpoint(eraseMyData, async (call) => {
  const { runtime, provider, caller, query } = call;
  const { limit, cursor } = query;
  const userId = whoseData(caller, query.user);
  call.note({}, { kind: "user", id: userId });
  // The record of this very call must not bring the name back.
  if (userId === caller.userId) call.withoutName();
  const page = await pageOfUser(runtime.table, { provider: provider.name, userId, limit, cursor }).catch(
    refuseBadCursor,
  );
  const erased = { requests: 0, reports: 0, records: 0, publicity: 0 };
  const live = new Set<string>();
  for (const { id } of page.requests) {
    const request = await runtime.store.get(id);
    const gone = request && (await eraseRequest(runtime, request, runtime.clock.now(), { userId }));
    if (!gone) {
      if (request) live.add(id);
      continue;
    }
    erased.requests += 1;
    erased.reports += gone.reports;
  }
  const publicity = openPublicity(runtime.table);
  for (const question of page.publicity) {
    if (await publicity.withoutName(question, userId, erasedName)) erased.publicity += 1;
  }
  // A record leads to what the user did to others' requests and questions, so it is cleaned after those.
  const audit = openAuditStore(runtime.table);
  for (const record of page.records) {
    const act = await eraseAct(runtime, record);
    if (act.from === "request") erased.requests += 1;
    if (act.from === "question") erased.publicity += 1;
    if (act.live !== undefined) live.add(act.live);
    if (record.actor.userName !== undefined && (await audit.withoutName(record.id))) erased.records += 1;
  }
  call.note(erased);
  return answer(200, { user: { id: userId }, erased, live: [...live], next: page.cursor ?? null });
});
