// Where notices and their deliveries rest: every write is one of these, each a single conditional write on its item.
import { and, below, equals, present } from "../aws/condition.ts";
import { type CursorOf, readCursor, writeCursor } from "../aws/cursor.ts";
import type { Item, Table } from "../aws/table.ts";
import { dueNotices } from "../requests/request-item.ts";
import { type Delivery, deliveryId, isOver, mailTarget, type Try } from "./delivery.ts";
import type { Notice } from "./notice.ts";

export interface NoticeStore {
  /** False where a notice of this id was published before. */
  publish(notice: Notice, nowMs: number): Promise<boolean>;
  /** Undefined also where all its deliveries have been opened. */
  unopened(id: string): Promise<Notice | undefined>;
  /** All its deliveries are there: the notice keeps only its id. */
  allOpened(id: string, nowMs: number): Promise<void>;
  /** Opens the delivery to one receiver, once. */
  open(notice: Notice, target: string, nowMs: number): Promise<void>;
  get(deliveryId: string): Promise<Delivery | undefined>;
  /** The right to try it once. Undefined where somebody else was faster. */
  claim(seen: Delivery, untilMs: number): Promise<Delivery | undefined>;
  /** How a try ended. False where the claim was lost. */
  settle(claimed: Delivery, ending: Ending, nowMs: number): Promise<boolean>;
  /** Keys of everything that should have been done before `nowMs`: requests, notices, deliveries; as an index knows it. */
  overdue(nowMs: number, limit: number): Promise<{ key: string; listOrder: string; wakes: number }[]>;
  /** Moves it on in the index. False where it is not what was seen any more. */
  postpone(key: string, seenOrder: string, toMs: number, wakes: number): Promise<boolean>;
  /** Of an endpoint, newest first. Throws BadCursor. */
  log(endpointId: string, limit: number, cursor?: string): Promise<{ deliveries: Delivery[]; cursor?: string }>;
  /** Forgets what was over before `beforeMs`: how many. */
  forget(beforeMs: number, limit: number): Promise<number>;
}

/** `nextAtMs`: it is tried again; left out, it is over. */
export interface Ending {
  readonly status: Delivery["status"];
  readonly made: Try;
  readonly nextAtMs?: number;
}

/** What is over, until it is forgotten. */
const doneNotices = "done#notices";
/** What was just written is overdue for the clock only after its poke should have arrived. */
const pokedWithinMs = 60_000;
const maxKeptTries = 20;

export function openNoticeStore(table: Table): NoticeStore {
  return {
    publish: (notice, nowMs) =>
      table.putNew({ id: `notice#${notice.id}`, schemaVersion: 1, notice, ...due(nowMs + pokedWithinMs) }),

    async unopened(id) {
      const item = await table.get(`notice#${id}`);
      return item?.listKey === dueNotices ? (item.notice as Notice) : undefined;
    },

    async allOpened(id, nowMs) {
      await table.update(`notice#${id}`, { notice: undefined, ...done(nowMs) }, present("notice"));
    },

    async open(notice, target, nowMs) {
      const { recipient: _recipient, words: _words, ...bare } = notice;
      const delivery: Omit<Delivery, "id"> = {
        schemaVersion: 1,
        target,
        notice: target === mailTarget ? notice : bare,
        createdAt: iso(nowMs),
        status: "waiting",
        attempts: 0,
        tries: [],
        nextAt: iso(nowMs),
      };
      const logged = target === mailTarget ? {} : { projectKey: logKey(target) };
      await table.putNew({
        id: deliveryId(notice.id, target),
        ...delivery,
        ...logged,
        ...due(nowMs + pokedWithinMs),
      });
    },

    async get(id) {
      const item = await table.get(id);
      return item && deliveryOf(item);
    },

    async claim(seen, untilMs) {
      const attempts = seen.attempts + 1;
      const change = { status: "trying", attempts, claimedUntilMs: untilMs, wakes: 0, ...due(untilMs) };
      const unchanged = and(equals("attempts", seen.attempts), equals("status", seen.status));
      const item = await table.update(seen.id, change, unchanged);
      return item && deliveryOf(item);
    },

    async settle(claimed, { status, made, nextAtMs }, nowMs) {
      const tries = [...claimed.tries, made].slice(-maxKeptTries);
      const next = nextAtMs === undefined ? { nextAt: undefined, endedAt: iso(nowMs) } : { nextAt: iso(nextAtMs) };
      const { recipient: _recipient, words: _words, ...bare } = claimed.notice;
      const change = {
        ...next,
        status,
        tries,
        claimedUntilMs: undefined,
        ...(isOver({ status }) && { notice: bare }),
        ...(nextAtMs === undefined ? done(nowMs) : due(nextAtMs)),
      };
      const held = and(equals("attempts", claimed.attempts), equals("status", claimed.status));
      return (await table.update(claimed.id, change, held)) !== undefined;
    },

    async overdue(nowMs, limit) {
      const key = and(equals("listKey", dueNotices), below("listOrder", iso(nowMs)));
      const { items } = await table.query({ index: "byList", key, limit });
      return items.map(({ id, listOrder, wakes }) => ({
        key: id,
        listOrder: String(listOrder),
        wakes: Number(wakes ?? 0),
      }));
    },

    async postpone(key, seenOrder, toMs, wakes) {
      const change = { listOrder: iso(toMs), ...(key.startsWith("request#") ? {} : { wakes }) };
      return (await table.update(key, change, equals("listOrder", seenOrder))) !== undefined;
    },

    async log(endpointId, limit, cursor) {
      const page = await table.query({
        index: "byProject",
        key: equals("projectKey", logKey(endpointId)),
        limit,
        newestFirst: true,
        ...(cursor !== undefined && { after: readCursor(cursor, logOf(endpointId)) }),
      });
      const deliveries = page.items.map(deliveryOf);
      return page.next ? { deliveries, cursor: writeCursor(page.next, logOf(endpointId)) } : { deliveries };
    },

    async forget(beforeMs, limit) {
      const key = and(equals("listKey", doneNotices), below("listOrder", iso(beforeMs)));
      const { items } = await table.query({ index: "byList", key, limit });
      const gone = items.map(({ id, listOrder }) => table.delete(id, equals("listOrder", listOrder)));
      return (await Promise.all(gone)).filter(Boolean).length;
    },
  };
}

function due(atMs: number) {
  return { listKey: dueNotices, listOrder: iso(atMs) };
}

function done(nowMs: number) {
  return { listKey: doneNotices, listOrder: iso(nowMs), wakes: undefined };
}

function logKey(endpointId: string): string {
  return `deliveries#${endpointId}`;
}

function deliveryOf({ listKey: _key, listOrder: _order, projectKey: _project, wakes: _wakes, ...delivery }: Item) {
  return delivery as unknown as Delivery;
}

function logOf(endpointId: string): CursorOf {
  return { index: "byProject", hash: "projectKey", value: logKey(endpointId), range: "createdAt" };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
