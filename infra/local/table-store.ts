// What dynalite keeps on disk, reached directly for what its API lacks: whole writes, and indexes added to a table that is there.
import { createRequire } from "node:module";

export type TableDefinition = {
  TableName: string;
  KeySchema: KeyPart[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: Index[];
};
export type Index = {
  IndexName: string;
  KeySchema: KeyPart[];
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
};
type KeyPart = { AttributeName: string; KeyType: string };
type TableRecord = TableDefinition & { TableArn: string; TableStatus: string };

export type Store = {
  /** Open the files, and finish what a killed process left half made. */
  ready(): Promise<void>;
  /** The table as it is on disk; undefined where there is none. */
  table(name: string): Promise<TableDefinition | undefined>;
  /** Give a table the indexes of `definition`: those that are new or differ are filled from its items, others are dropped. Nobody may write meanwhile. */
  changeIndexes(definition: TableDefinition): Promise<void>;
};

/** Call `start`, which makes a dynalite server, and get hold of the store that it opens. */
export function openStore<Server>(start: () => Server): { store: Store; server: Server } {
  const { create } = dynaliteDb;
  let inner: InnerStore | undefined;
  dynaliteDb.create = (options) => {
    inner = create(options);
    return inner;
  };
  try {
    const server = start();
    if (!inner) throw new Error("dynalite opened no store");
    return { server, store: storeOver(inner.db) };
  } finally {
    dynaliteDb.create = create;
  }
}

function storeOver(level: Level): Store {
  const table = async (name: string) => (await level.get(tableKey(name))) as TableRecord | undefined;
  return {
    table,
    async ready() {
      await level.open();
      for await (const [key, value] of level.iterator(range("table~"))) {
        const record = value as TableRecord;
        // dynalite makes a table usable by a timer; killed before that, it stayed "being made" for ever.
        if (record.TableStatus !== "ACTIVE") await level.put(key, usable(record));
      }
    },
    async changeIndexes(definition) {
      const record = await table(definition.TableName);
      if (!record) throw new Error(`there is no table ${definition.TableName}`);
      const before = new Map((record.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
      const changed = { ...record, ...definition };
      for (const index of definition.GlobalSecondaryIndexes ?? []) {
        const old = before.get(index.IndexName);
        if (!old || shapeOfIndex(old) !== shapeOfIndex(index)) await fillIndex(level, changed, index);
      }
      // Last, so that a process killed before starts over.
      await level.put(tableKey(definition.TableName), usable(changed));
    },
  };
}

/** What must differ for an index to be filled anew, as text to compare. */
export function shapeOfIndex({ IndexName, KeySchema, Projection }: Index): string {
  const keys = KeySchema.map(({ AttributeName, KeyType }) => [AttributeName, KeyType]);
  return JSON.stringify([IndexName, keys, Projection.ProjectionType, Projection.NonKeyAttributes ?? []]);
}

function usable(record: TableRecord): TableRecord {
  const indexes = (record.GlobalSecondaryIndexes ?? []).map((index) => ({
    ...index,
    IndexArn: `${record.TableArn}/index/${index.IndexName}`,
    IndexStatus: "ACTIVE",
    IndexSizeBytes: 0,
    ItemCount: 0,
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
  }));
  return { ...record, TableStatus: "ACTIVE", ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }) };
}

const fillBatchCount = 500;

async function fillIndex(level: Level, table: TableRecord, index: Index): Promise<void> {
  const prefix = indexPrefix(table.TableName, index.IndexName);
  await level.clear(range(prefix));
  let batch: Operation[] = [];
  for await (const [, item] of level.iterator(range(itemPrefix(table.TableName)))) {
    const { puts } = dynaliteDb.getIndexActions([index], null, item as DynamoItem, table);
    batch.push(...puts.map((put): Operation => ({ type: "put", key: prefix + put.key, value: put.item })));
    if (batch.length < fillBatchCount) continue;
    await level.batch(batch);
    batch = [];
  }
  await level.batch(batch);
}

/** dynalite writes an item and its index entries one after the other; killed in between, an index misses the item for ever.
 *  Here they are one write. Local indexes are not supported. */
function updateIndexes(
  store: InnerStore,
  table: TableRecord,
  before: DynamoItem | null | undefined,
  after: DynamoItem | null,
  done: Done,
): void {
  const item = after ?? before;
  if (!item) {
    done();
    return;
  }
  const operations: Operation[] = [];
  const { puts, deletes } = dynaliteDb.getIndexActions(table.GlobalSecondaryIndexes ?? [], before, after, table);
  const at = (name: string, entryKey: string) => indexPrefix(table.TableName, name) + entryKey;
  operations.push(...deletes.map((entry): Operation => ({ type: "del", key: at(entry.index, entry.key) })));
  operations.push(
    ...puts.map((entry): Operation => ({ type: "put", key: at(entry.index, entry.key), value: entry.item })),
  );
  const key = itemPrefix(table.TableName) + dynaliteDb.createKey(item, table);
  operations.push(after ? { type: "put", key, value: after } : { type: "del", key });
  // dynalite then writes the item once more, under the same lock: the same bytes.
  store.db.batch(operations, done);
}

const dynaliteDb = createRequire(import.meta.url)("dynalite/db/index.js") as DynaliteDb;
dynaliteDb.updateIndexes = updateIndexes;

type DynaliteDb = {
  create(options: unknown): InnerStore;
  updateIndexes: typeof updateIndexes;
  createKey(item: DynamoItem, table: TableDefinition): string;
  getIndexActions(
    indexes: Index[],
    before: DynamoItem | null | undefined,
    after: DynamoItem | null,
    table: TableDefinition,
  ): { puts: { index: string; key: string; item: DynamoItem }[]; deletes: { index: string; key: string }[] };
};
type InnerStore = { db: Level };
type DynamoItem = Record<string, Record<string, unknown>>;
type Done = (error?: Error | null) => void;
type Operation = { type: "put"; key: string; value: unknown } | { type: "del"; key: string };
type Range = { gte: string; lt: string };
type Level = {
  open(): Promise<void>;
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  batch(operations: Operation[], done?: Done): Promise<void>;
  clear(range: Range): Promise<void>;
  iterator(range: Range): AsyncIterable<[string, unknown]>;
};

function tableKey(name: string): string {
  return `table~${name}`;
}

function itemPrefix(tableName: string): string {
  return `item-${tableName}~`;
}

function indexPrefix(tableName: string, indexName: string): string {
  return `index-global~${tableName}~${indexName}~`;
}

function range(prefix: string): Range {
  return { gte: prefix, lt: `${prefix}\uffff` };
}
