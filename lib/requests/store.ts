// Where requests live: every write of a request is one of these, each a single conditional write on its item.
import { waitingSince, waitsNoMore } from "../approvals/keys.ts";
import type { CallsMade } from "../audit/calls-made.ts";
import { absent, and, below, differs, equals, or, present } from "../aws/condition.ts";
import { readCursor, writeCursor } from "../aws/cursor.ts";
import type { Table } from "../aws/table.ts";
import {
  type Answer,
  type Cancel,
  type Claim,
  type Decision,
  type ImageRequest,
  isEnded,
  type Status,
  statusOf,
} from "./image-request.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { milestonesOf } from "./milestones.ts";
import {
  dueNotices,
  erasureKeys,
  idOfKey,
  itemOf,
  key,
  listed,
  liveKey,
  projectList,
  requestOf,
  shardKey,
  wakeShard,
  wakeShards,
} from "./request-item.ts";

/** A request with the right to write its next outcome. */
export type ClaimedRequest = ImageRequest & { readonly claim: Claim };

/** So many of the milestones, from the first on, have become notices. */
export interface Outbox {
  readonly request: ImageRequest;
  readonly told: number;
  /** False: there is nothing to tell. */
  readonly due: boolean;
}

/** What an outcome may change; all else is the signals', the claim's or fixed for ever. */
export type Outcome = Pick<
  ImageRequest,
  "step" | "end" | "endedAt" | "learned" | "waiting" | "ledger" | "timeline" | "wakeAtMs"
>;

/** What is written with an outcome and is no part of it. */
export interface Beside {
  /** What the steps changed in the cloud so far. */
  readonly calls?: CallsMade;
  /** So long after its end a request's personal data are erased. */
  readonly personalDataMs?: number;
}

/** Where no policy says otherwise. */
export const defaultPersonalDataMs = 90 * 86_400_000;

export interface RequestStore {
  /** False where a request of this id is there already. */
  create(request: ImageRequest): Promise<boolean>;
  get(id: string): Promise<ImageRequest | undefined>;
  /** Undefined where the message is stale or somebody else holds a claim: there is nothing to do then. */
  claim(
    id: string,
    step: string,
    version: number,
    claim: Omit<Claim, "count">,
    nowMs: number,
  ): Promise<ClaimedRequest | undefined>;
  /** Writes the ledger in the middle of a step. False where the claim is lost: the caller must stop at once. */
  keepLedger(request: ClaimedRequest, ledger: readonly LedgerEntry[]): Promise<boolean>;
  /** Ends the claim with an outcome, one version on. Undefined where the claim was lost: the outcome is thrown away.
   *  Where a signal came since the claim, the written `wakeAtMs` is `nowMs`, whatever the outcome says; and an outcome that says that nobody spoke in time is
   *  not written then: the claim alone ends, for another look at the same version. */
  settle(request: ClaimedRequest, outcome: Outcome, nowMs: number, beside?: Beside): Promise<ImageRequest | undefined>;
  /** Ends the claim without an outcome, after an error of our own: the same version is looked at again at `wakeAtMs`. */
  giveBack(request: ClaimedRequest, wakeAtMs: number, calls?: CallsMade): Promise<void>;
  /** Undefined where the request does not wait for a decision (any more). */
  decide(request: ImageRequest, decision: Decision, nowMs: number): Promise<ImageRequest | undefined>;
  /** Undefined where it is too late: the request has ended or is being released. */
  cancel(request: ImageRequest, cancel: Cancel, nowMs: number): Promise<ImageRequest | undefined>;
  /** Undefined where the request does not (any more) ask what the answer answers, or was answered meanwhile. */
  answer(request: ImageRequest, answer: Answer, nowMs: number): Promise<ImageRequest | undefined>;
  /** Does nothing where the request has ended, or is not stored (yet). */
  keepSealedToken(id: string, sealedToken: string): Promise<void>;
  /** How many requests of a project have not ended, counted up to `limit`; an index says it, which may be behind by moments. */
  countLive(provider: string, projectId: string, limit: number): Promise<number>;
  /** Newest first. `cursor` comes from the page before. Pages may be shorter than `limit` and yet not the last. */
  listOfProject(query: ProjectQuery): Promise<{ requests: ImageRequest[]; cursor?: string }>;
  /** Requests that should have been looked at before `nowMs`, as an index knows it: perhaps too many, never for long too few. */
  overdue(shard: number, nowMs: number, limit: number): Promise<{ id: string; wakeAtMs: number }[]>;
  /** The request with its milestones, of which some are not told yet. */
  outbox(id: string): Promise<Outbox | undefined>;
  /** All its milestones are notices now. False where it has changed since it was read: the outbox must be looked at again. */
  allTold(request: ImageRequest): Promise<boolean>;
  /** Every request that has not ended, as an index knows it; one that was just stored may be missing. */
  live(): AsyncIterable<ImageRequest>;
  /** Moves `wakeAtMs` on. Undefined where it is not what was seen any more. */
  postpone(id: string, seenWakeAtMs: number, wakeAtMs: number, wakes: number): Promise<ImageRequest | undefined>;
}

export interface ProjectQuery {
  readonly provider: string;
  readonly projectId: string;
  readonly status?: Status;
  readonly limit: number;
  readonly cursor?: string;
}

export function openRequestStore(table: Table): RequestStore {
  return {
    create: (request) =>
      table.putNew({ ...itemOf(request), ...(request.milestones && listed(Date.parse(request.createdAt))) }),

    async get(id) {
      const item = await table.get(key(id));
      return item && requestOf(item);
    },

    async claim(id, step, version, claim, nowMs) {
      const seen = await table.get(key(id));
      if (!seen) return undefined;
      const request = requestOf(seen);
      if (request.version !== version || request.step !== step || isEnded(request)) return undefined;
      if (request.claim && request.claim.untilMs > nowMs) return undefined;
      const count = (request.claim?.count ?? 0) + 1;
      const item = await table.update(
        key(id),
        { claim: { ...claim, count }, wakeAt: claim.untilMs + afterClaimMs },
        and(equals("version", version), sameClaim(request.claim)),
      );
      return item && (requestOf(item) as ClaimedRequest);
    },

    async keepLedger(request, ledger) {
      return (await table.update(key(request.id), { ledger }, holds(request))) !== undefined;
    },

    async settle(request, outcome, nowMs, { calls, personalDataMs = defaultPersonalDataMs } = {}) {
      const ended = outcome.endedAt !== undefined;
      const { wakeAtMs, ...rest } = outcome;
      const passed = milestonesOf(request, outcome, nowMs);
      const milestones = [...(request.milestones ?? []), ...passed];
      const written: Record<string, unknown> = {
        ...rest,
        ...(passed.length > 0 && { milestones, ...listed(nowMs) }),
        end: outcome.end,
        waiting: outcome.waiting,
        wakeAt: ended ? undefined : wakeAtMs,
        wakeShard: ended ? undefined : wakeShard(request.id),
        status: statusOf(outcome),
        version: request.version + 1,
        claim: undefined,
        wakes: 0,
        updatedAt: new Date(nowMs).toISOString(),
        ...approvalKeys(request, outcome),
        ...(calls && { calls }),
      };
      if (ended) {
        written.sealedToken = undefined;
        Object.assign(written, erasureKeys(nowMs + personalDataMs));
      }
      const unsignalled = await table.update(
        key(request.id),
        written,
        and(holds(request), equals("signals", request.signals)),
      );
      if (unsignalled) return requestOf(unsignalled);
      if (ended) return undefined; // the claim is lost: a request that is being released takes no signals
      if (outcome.end?.status === "expired" && !request.end) {
        const heard = await table.update(key(request.id), { claim: undefined, wakeAt: nowMs }, holds(request));
        return heard && requestOf(heard);
      }
      // Perhaps a decision came: staff's list is put right by the look that follows at once.
      const signalled = await table.update(
        key(request.id),
        { ...written, ...waitsNoMore, wakeAt: nowMs },
        holds(request),
      );
      return signalled && requestOf(signalled);
    },

    async giveBack(request, wakeAtMs, calls) {
      const claim = { ...request.claim, untilMs: 0 };
      await table.update(key(request.id), { claim, wakeAt: wakeAtMs, ...(calls && { calls }) }, holds(request));
    },

    decide: (request, decision, nowMs) =>
      signal(table, request, { decision, ...waitsNoMore }, and(equals("step", "approve"), absent("decision")), nowMs),

    cancel: (request, cancel, nowMs) =>
      signal(
        table,
        request,
        { cancel, ...waitsNoMore },
        and(differs("step", "release"), absent("endedAt"), absent("cancel")),
        nowMs,
      ),

    answer: (request, answer, nowMs) =>
      signal(
        table,
        request,
        { answers: [...(request.answers ?? []), answer], lastAnswered: answer.questionId },
        and(
          equals("waiting.question.id", answer.questionId),
          or(absent("lastAnswered"), differs("lastAnswered", answer.questionId)),
          absent("endedAt"),
        ),
        nowMs,
      ),

    async keepSealedToken(id, sealedToken) {
      await table.update(key(id), { sealedToken }, and(present("id"), absent("endedAt")));
    },

    async countLive(provider, projectId, limit) {
      const key = equals("lifeKey", liveKey(provider, projectId));
      return (await table.query({ index: "byLife", key, limit })).items.length;
    },

    async listOfProject({ provider, projectId, status, limit, cursor }) {
      const list = projectList(provider, projectId);
      const page = await table.query({
        index: list.index,
        key: equals(list.hash, list.value),
        ...(status && { filter: equals("status", status) }),
        limit,
        newestFirst: true,
        ...(cursor && { after: readCursor(cursor, list) }),
      });
      const requests = page.items.map(requestOf);
      return page.next ? { requests, cursor: writeCursor(page.next, list) } : { requests };
    },

    async overdue(shard, nowMs, limit) {
      const page = await table.query({
        index: "byWake",
        key: and(equals("wakeShard", shardKey(shard)), below("wakeAt", nowMs)),
        limit,
      });
      return page.items.map((item) => ({ id: idOfKey(item.id), wakeAtMs: Number(item.wakeAt) }));
    },

    async outbox(id) {
      const item = await table.get(key(id));
      return item && { request: requestOf(item), told: Number(item.told ?? 0), due: item.listKey === dueNotices };
    },

    async allTold(request) {
      const change = { told: request.milestones?.length ?? 0, listKey: undefined, listOrder: undefined };
      return (await table.update(key(request.id), change, equals("version", request.version))) !== undefined;
    },

    async *live() {
      for (let shard = 0; shard < wakeShards; shard++) {
        let after: Record<string, unknown> | undefined;
        do {
          const page = await table.query({
            index: "byWake",
            key: equals("wakeShard", shardKey(shard)),
            limit: 200,
            ...(after && { after }),
          });
          for (const { id } of page.items) {
            const request = await table.get(id);
            if (request && request.endedAt === undefined) yield requestOf(request);
          }
          after = page.next;
        } while (after);
      }
    },

    async postpone(id, seenWakeAtMs, wakeAtMs, wakes) {
      const item = await table.update(key(id), { wakeAt: wakeAtMs, wakes }, equals("wakeAt", seenWakeAtMs));
      return item && requestOf(item);
    },
  };
}

/** In staff's list while it waits for them, and in the same write out of it. */
function approvalKeys({ provider, decision, cancel }: ImageRequest, { step, waiting }: Outcome) {
  const waits = step === "approve" && waiting && !decision && !cancel;
  return waits ? waitingSince(provider, new Date(waiting.stepSinceMs).toISOString()) : waitsNoMore;
}

/** A claim that ran out is looked at again this much later. */
const afterClaimMs = 5_000;

function holds(request: ClaimedRequest) {
  return and(equals("version", request.version), equals("claim.token", request.claim.token));
}

function sameClaim(claim: Claim | undefined) {
  return claim ? or(equals("claim.token", claim.token), absent("claim")) : absent("claim");
}

/** A decision, a cancel, an answer to a question, each given once: no more than two others can come between. */
const maxSignalTries = 4;

/**
 * A signal is a field of its own beside the version, counted, and makes the request due at once. Where another signal came between the look and
 * the write (a decision beside a cancel), it is written on top of that one: only `allowed` refuses it.
 */
async function signal(
  table: Table,
  seen: ImageRequest,
  field:
    | (({ decision: Decision } | { cancel: Cancel }) & typeof waitsNoMore)
    | Pick<ImageRequest, "answers" | "lastAnswered">,
  allowed: ReturnType<typeof and>,
  nowMs: number,
): Promise<ImageRequest | undefined> {
  let { signals } = seen;
  for (let tries = 0; tries < maxSignalTries; tries++) {
    const change = { ...field, signals: signals + 1, wakeAt: nowMs };
    const item = await table.update(key(seen.id), change, and(equals("signals", signals), allowed));
    if (item) return requestOf(item);
    const present = await table.get(key(seen.id));
    if (!present || present.signals === signals) return undefined;
    signals = Number(present.signals);
  }
  return undefined;
}
