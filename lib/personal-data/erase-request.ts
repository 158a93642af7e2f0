// Takes personal data out of a request that has ended: reports and consoles first, its item last, so that whoever dies in between begins anew.
import { and, equals, present } from "../aws/condition.ts";
import type { Table } from "../aws/table.ts";
import type { EvidenceStore } from "../requests/evidence.ts";
import { type ImageRequest, isEnded } from "../requests/image-request.ts";
import { key } from "../requests/store.ts";
import { erasedName, withoutName } from "./names.ts";

export interface ErasedRequest {
  readonly reports: number;
}

/**
 * Consoles, reports and addresses; with `ofUser`, that user's name too, wherever it stands in the request. Ids, and what happened, stay. Erasing again
 * changes nothing. Undefined: the request has not ended, and nothing was touched.
 */
export async function eraseRequest(
  { table, evidence }: { table: Table; evidence: EvidenceStore },
  request: ImageRequest,
  nowMs: number,
  ofUser?: { readonly userId: string },
): Promise<ErasedRequest | undefined> {
  if (!isEnded(request)) return undefined;
  const reports = await evidence.erase(request.id);
  const { contact: _contact, ...asked } = request.asked;
  await table.update(
    key(request.id),
    {
      asked,
      ...(ofUser && nameless({ ...request, asked }, ofUser.userId)),
      contactAddress: undefined,
      erasedAt: request.erasedAt ?? new Date(nowMs).toISOString(),
      lifeKey: undefined,
      lifeAt: undefined,
    },
    and(present("endedAt"), equals("version", request.version)),
  );
  return { reports };
}

/** The user's name, and the names of those that the image was to be shared with. */
function nameless(request: ImageRequest, userId: string) {
  const { requester, decision, cancel, answers, end, timeline, asked, sharedWith } = request;
  const known = [requester, decision?.by, cancel?.by, ...(answers ?? []).map(({ by }) => by)];
  const names = new Set(
    known.flatMap((who) => (who?.userId === userId && who.userName !== erasedName ? [who.userName] : [])),
  );
  const clean = (text: string) => [...names].reduce(withoutName, text);
  const by = <Act extends { readonly by: { readonly userId: string; readonly userName: string } }>(act: Act): Act =>
    act.by.userId === userId ? { ...act, by: { ...act.by, userName: erasedName } } : act;
  return {
    requester: requester.userId === userId ? { ...requester, userName: erasedName } : requester,
    asked: { ...asked, share: { ...asked.share, users: [] } },
    ...(sharedWith && { sharedWith: sharedWith.map(({ users: _users, ...project }) => project) }),
    timeline: timeline.map((entry) => ({ ...entry, text: clean(entry.text) })),
    ...(decision && { decision: by(decision) }),
    ...(cancel && { cancel: by(cancel) }),
    ...(answers && { answers: answers.map(by) }),
    ...(end && "problem" in end && { end: { ...end, problem: { ...end.problem, detail: clean(end.problem.detail) } } }),
  };
}
