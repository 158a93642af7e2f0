// Takes personal data out of a request that has ended: reports and consoles first, its item last, so that whoever dies in between begins anew.
import { and, equals, present } from "../aws/condition.ts";
import { type ImageRequest, isEnded } from "../requests/image-request.ts";
import { key } from "../requests/request-item.ts";
import type { Runtime } from "../runtime.ts";
import { erasedName, withoutName } from "./names.ts";

export interface ErasedRequest {
  readonly reports: number;
}

/** Erasures of a requester, of staff and of the policy may meet at one request; a fourth would find what one of them wrote. */
const maxTries = 4;

type Erasing = Pick<Runtime, "table" | "store" | "evidence">;

/**
 * Consoles, reports and addresses; with `ofUser`, its requester, that user's name too, wherever it stands in the request. Ids, and what happened, stay. Erasing
 * again changes nothing. Undefined: the request has not ended, and nothing was touched.
 */
export async function eraseRequest(
  runtime: Erasing,
  request: ImageRequest,
  nowMs: number,
  ofUser?: { readonly userId: string },
): Promise<ErasedRequest | undefined> {
  if (!isEnded(request)) return undefined;
  const reports = await runtime.evidence.erase(request.id);
  await change(runtime, request, (now) => {
    const { contact: _contact, ...asked } = now.asked;
    return {
      asked,
      ...(ofUser && { ...nameless(now, ofUser.userId), ...withoutNamesShared({ ...now, asked }) }),
      contactAddress: undefined,
      erasedAt: now.erasedAt ?? new Date(nowMs).toISOString(),
      lifeKey: undefined,
      lifeAt: undefined,
    };
  });
  return { reports };
}

/**
 * The name of a user who decided or cancelled somebody else's request, and nothing else of it. False where it stands there no more; undefined: the
 * request has not ended, and nothing was touched.
 */
export async function eraseNameIn(
  runtime: Erasing,
  request: ImageRequest,
  userId: string,
): Promise<boolean | undefined> {
  if (!isEnded(request)) return undefined;
  if (namesIn(request, userId).size === 0) return false;
  await change(runtime, request, (now) => nameless(now, userId));
  return true;
}

/** One version on: what two erase at once is erased by both, and neither brings a name back that the other took out. */
async function change(
  { table, store }: Erasing,
  request: ImageRequest,
  changed: (now: ImageRequest) => Record<string, unknown>,
): Promise<void> {
  let now: ImageRequest | undefined = request;
  for (let tries = 0; now && tries < maxTries; tries++) {
    const seen = and(present("endedAt"), equals("version", now.version));
    if (await table.update(key(now.id), { ...changed(now), version: now.version + 1 }, seen)) return;
    now = await store.get(request.id);
  }
  if (now) throw new Error(`request ${request.id} changes all the time`);
}

/** As they stand in the request; none once they were erased. */
function namesIn({ requester, decision, cancel, answers }: ImageRequest, userId: string): ReadonlySet<string> {
  const known = [requester, decision?.by, cancel?.by, ...(answers ?? []).map(({ by }) => by)];
  return new Set(known.flatMap((who) => (who?.userId === userId && who.userName !== erasedName ? [who.userName] : [])));
}

function nameless(request: ImageRequest, userId: string) {
  const { requester, decision, cancel, answers, end, timeline } = request;
  const clean = (text: string) => [...namesIn(request, userId)].reduce(withoutName, text);
  const by = <Act extends { readonly by: { readonly userId: string; readonly userName: string } }>(act: Act): Act =>
    act.by.userId === userId ? { ...act, by: { ...act.by, userName: erasedName } } : act;
  return {
    requester: requester.userId === userId ? { ...requester, userName: erasedName } : requester,
    timeline: timeline.map((entry) => ({ ...entry, text: clean(entry.text) })),
    ...(decision && { decision: by(decision) }),
    ...(cancel && { cancel: by(cancel) }),
    ...(answers && { answers: answers.map(by) }),
    ...(end && "problem" in end && { end: { ...end, problem: { ...end.problem, detail: clean(end.problem.detail) } } }),
  };
}

/** The names of those that the image was to be shared with, which the requester wrote. */
function withoutNamesShared({ asked, sharedWith }: Pick<ImageRequest, "asked" | "sharedWith">) {
  return {
    asked: { ...asked, share: { ...asked.share, users: [] } },
    ...(sharedWith && { sharedWith: sharedWith.map(({ users: _users, ...project }) => project) }),
  };
}
