// What tidying remembers in the table: how far a pass over a provider is, which images are on their way out, what was deleted.
import { absent, always, and, below, equals, or, present } from "../aws/condition.ts";
import { readCursor, writeCursor } from "../aws/cursor.ts";
import type { Item, Table } from "../aws/table.ts";
import type { StageRecord } from "./stage.ts";

/** The item `sweep#PROVIDER`: one run at a time, and where it stopped. */
export interface SweepState {
  /** Of the present pass, or the last. */
  readonly pass?: string;
  readonly passBeganAtMs?: number;
  /** Absent between two passes. */
  readonly place?: Place;
  /** Images that this pass put out of use, to be deleted. */
  readonly deleted?: number;
  /** When it did so last; absent once their last look is over. */
  readonly deactivatedAtMs?: number;
  readonly passEndedAtMs?: number;
  /** When a run last wrote this, or an operator last looked. */
  readonly activeAtMs?: number;
  /** Nothing is deleted while this stands. */
  readonly held?: Held;
  /** Of the table in which this was written first, or in which an operator last looked. */
  readonly tableId?: string;
}

/** What is undefined is removed. */
export type Progress = { [Name in keyof SweepState]?: SweepState[Name] | undefined };

/** The lists of a pass, one after the other, and the last thing of that list that was done. */
export interface Place {
  readonly part: "shown" | "hidden" | "returns";
  readonly after?: string;
}

export interface Held {
  readonly sinceMs: number;
  readonly why: string;
}

/** What was taken away, the item `deletion#PROVIDER#ID`: kept for a year, in the list `deletions#PROVIDER` by time. */
export interface Deletion {
  readonly schemaVersion: 1;
  readonly provider: string;
  readonly kind: "image" | "server";
  readonly thingId: string;
  readonly name: string | null;
  readonly owner: string | null;
  readonly sizeBytes: number | null;
  readonly hash: { readonly algo: string; readonly value: string } | null;
  /** When it was made. */
  readonly createdAt: string;
  readonly at: string;
  readonly reason: "unused" | "expired" | "orphan";
  readonly why: string;
  /** `begun`: the cloud was asked, and what it answered was never heard. */
  readonly state: "begun" | "done";
}

const keptMs = 366 * 86_400_000;

export type TidyingStore = ReturnType<typeof openTidyingStore>;

export function openTidyingStore(table: Table) {
  return {
    async state(provider: string): Promise<SweepState> {
      return ((await table.get(sweepId(provider))) ?? {}) as SweepState;
    },

    /** Undefined where another run has it. Whoever died gives it up with its time. */
    async begin(
      provider: string,
      lease: { token: string; untilMs: number },
      nowMs: number,
    ): Promise<SweepState | undefined> {
      const free = or(absent("lease"), below("lease.untilMs", nowMs));
      return (await table.update(sweepId(provider), { lease }, free)) as SweepState | undefined;
    },

    /** False where the lease was lost: the caller stops at once. */
    async progress(provider: string, token: string, state: Progress): Promise<boolean> {
      return (await table.update(sweepId(provider), { ...state }, equals("lease.token", token))) !== undefined;
    },

    async end(provider: string, token: string): Promise<void> {
      await table.update(sweepId(provider), { lease: undefined }, equals("lease.token", token));
    },

    /**
     * The next run begins a pass, however long ago the last one began. Undefined where one is under way. A run that is just beginning needs no look at its lease: it
     * writes when its pass began after this, or leaves this for the next.
     */
    async passDueNow(provider: string): Promise<SweepState | undefined> {
      return (await table.update(sweepId(provider), { passBeganAtMs: undefined }, absent("place"))) as
        | SweepState
        | undefined;
    },

    async hold(provider: string, held: Held): Promise<void> {
      await table.update(sweepId(provider), { held }, always);
    },

    /** By a sweep's own doubt, in the table whose id is `tableId`. Not where an operator has looked since `seen` was read. */
    async holdUnlessSeen(provider: string, held: Held, seen: SweepState, tableId: string | undefined): Promise<void> {
      const unchanged = <Name extends "tableId" | "activeAtMs">(name: Name) =>
        seen[name] === undefined ? absent(name) : equals(name, seen[name]);
      const condition = and(unchanged("tableId"), unchanged("activeAtMs"));
      await table.update(sweepId(provider), { held, ...(tableId !== undefined && { tableId }) }, condition);
    },

    /** Somebody has looked: what the table says counts as of now, however old it was, or the next sweep would hold again for the same reason. */
    async release(provider: string, nowMs: number): Promise<void> {
      const tableId = await table.identity();
      await table.update(sweepId(provider), { held: undefined, activeAtMs: nowMs, tableId }, always);
    },

    async find(provider: string, imageId: string): Promise<StageRecord | undefined> {
      const item = await table.get(stageId({ provider, imageId }));
      return item && recordOf(item);
    },

    /** One version on. Undefined where somebody else wrote it meanwhile: nothing is to be done then. */
    async write(
      record: Omit<StageRecord, "version" | "schemaVersion">,
      before: StageRecord | undefined,
    ): Promise<StageRecord | undefined> {
      const version = (before?.version ?? 0) + 1;
      const lists = { listKey: stageList(record.provider), listOrder: record.imageId };
      const whole: StageRecord = { ...record, schemaVersion: 1, version };
      if (!before) return (await table.putNew({ id: stageId(record), ...whole, ...lists })) ? whole : undefined;
      const cleared = { hiddenByUs: undefined, deactivatedAtMs: undefined, keptUntilMs: undefined, keptBy: undefined };
      const written = { ...cleared, ...whole, ...lists };
      const item = await table.update(stageId(record), written, equals("version", before.version));
      return item && recordOf(item);
    },

    remove: (record: StageRecord) => table.delete(stageId(record), equals("version", record.version)),

    async listStages(provider: string, limit: number, after?: string) {
      const page = await table.query({
        index: "byList",
        key: equals("listKey", stageList(provider)),
        limit,
        ...(after !== undefined && {
          after: { id: stageId({ provider, imageId: after }), listKey: stageList(provider), listOrder: after },
        }),
      });
      return { records: page.items.map(recordOf), more: page.next !== undefined };
    },

    async recordDeletion(deletion: Omit<Deletion, "schemaVersion">): Promise<void> {
      const lists = { listKey: deletionList(deletion.provider), listOrder: deletion.at };
      await table.update(deletionId(deletion), { ...deletion, schemaVersion: 1, ...lists }, always);
    },

    async deletionDone(provider: string, thingId: string): Promise<void> {
      await table.update(deletionId({ provider, thingId }), { state: "done" }, present("id"));
    },

    /** It was refused: nothing was taken away. */
    async forgetDeletion(provider: string, thingId: string): Promise<void> {
      await table.delete(deletionId({ provider, thingId }), equals("state", "begun"));
    },

    /** Newest first. Throws BadCursor. */
    async listDeletions(provider: string, limit: number, cursor?: string) {
      const list = { index: "byList", hash: "listKey", value: deletionList(provider), range: "listOrder" };
      const page = await table.query({
        index: "byList",
        key: equals("listKey", deletionList(provider)),
        limit,
        newestFirst: true,
        ...(cursor !== undefined && { after: readCursor(cursor, list) }),
      });
      return { deletions: page.items.map(deletionOf), ...(page.next && { next: writeCursor(page.next, list) }) };
    },

    /** Those of more than a year ago. */
    async purgeDeletions(provider: string, nowMs: number, limit: number): Promise<number> {
      const before = new Date(nowMs - keptMs).toISOString();
      const key = and(equals("listKey", deletionList(provider)), below("listOrder", before));
      const { items } = await table.query({ index: "byList", key, limit });
      for (const item of items) await table.delete(item.id, equals("listOrder", item.listOrder));
      return items.length;
    },
  };
}

const sweepId = (provider: string) => `sweep#${provider}`;
const stageId = ({ provider, imageId }: Pick<StageRecord, "provider" | "imageId">) => `tidying#${provider}#${imageId}`;
const stageList = (provider: string) => `tidying#${provider}`;
const deletionId = ({ provider, thingId }: Pick<Deletion, "provider" | "thingId">) => `deletion#${provider}#${thingId}`;
const deletionList = (provider: string) => `deletions#${provider}`;

function recordOf({ id: _id, listKey: _key, listOrder: _order, ...record }: Item): StageRecord {
  return record as unknown as StageRecord;
}

function deletionOf({ id: _id, listKey: _key, listOrder: _order, ...deletion }: Item): Deletion {
  return deletion as unknown as Deletion;
}
