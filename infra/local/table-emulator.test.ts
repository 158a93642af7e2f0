// dynalite as the host starts it: its defects gone, data kept, and no index that lacks an item.
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { startTableEmulator, type TableEmulator } from "./table-emulator.ts";
import type { Index, TableDefinition } from "./table-store.ts";

const folder = mkdtempSync(join(tmpdir(), "table-"));
const TableName = "things";
// The files under dynalite, caught when it opens them: to end "the process" between two writes, and to look.
const dynaliteDb = createRequire(import.meta.url)("dynalite/db/index.js") as {
  create(options: unknown): { db: Level };
};
type Level = {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  del(key: string): Promise<unknown>;
};
const { create } = dynaliteDb;
dynaliteDb.create = (options) => {
  const store = create(options);
  level = store.db;
  return store;
};
let level: Level;
let emulator: TableEmulator;
let client: DynamoDBClient;
let items: DynamoDBDocumentClient;

async function start(): Promise<void> {
  emulator = await startTableEmulator(folder);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new DynamoDBClient({ endpoint: emulator.url, region: "eu-central-1", credentials, maxAttempts: 1 });
  items = DynamoDBDocumentClient.from(client);
}

async function restart(): Promise<void> {
  client.destroy();
  await emulator.close();
  await start();
}

const byColour: Index = {
  IndexName: "byColour",
  KeySchema: [{ AttributeName: "colour", KeyType: "HASH" }],
  Projection: { ProjectionType: "ALL" },
};
const definition: TableDefinition = {
  TableName,
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" },
    { AttributeName: "colour", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [byColour],
};

beforeAll(async () => {
  await start();
  await client.send(new CreateTableCommand({ ...definition, BillingMode: "PAY_PER_REQUEST" } as never));
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 }, { TableName });
});
afterAll(async () => {
  client.destroy();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const put = (Item: Record<string, unknown>) => items.send(new PutCommand({ TableName, Item }));
const get = async (id: string) =>
  (await items.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }))).Item;

async function idsBy(index: string, attribute: string, value: string): Promise<string[]> {
  const { Items = [] } = await items.send(
    new QueryCommand({
      TableName,
      IndexName: index,
      KeyConditionExpression: "#a = :v",
      ExpressionAttributeNames: { "#a": attribute },
      ExpressionAttributeValues: { ":v": value },
    }),
  );
  return Items.map(({ id }) => String(id)).sort();
}

test("it listens on 127.0.0.1 alone", async () => {
  const answer = await new Promise((resolve) => {
    const socket = connect(Number(new URL(emulator.url).port), "127.0.0.2", () => resolve("connected"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(answer).not.toBe("connected");
});

test("a call that breaks off in the middle does not end the process", async () => {
  const broken = request(emulator.url, { method: "POST", headers: { "content-length": "1000" } });
  broken.on("error", () => undefined);
  broken.write("{");
  await new Promise((resolve) => broken.once("socket", (socket) => socket.once("connect", resolve)));
  // The server has begun to read before the client goes: answered by another request on the same loop.
  await put({ id: "before the break" });
  broken.destroy();
  await put({ id: "after the break" });
  expect(await get("after the break")).toBeDefined();
});

test("items and indexes survive a restart", async () => {
  await put({ id: "kept", colour: "red" });
  await restart();
  expect(await get("kept")).toEqual({ id: "kept", colour: "red" });
  expect(await idsBy("byColour", "colour", "red")).toEqual(["kept"]);
});

test("an item and its index entries are one write: a process that ends right after its first leaves them in agreement", async () => {
  await put({ id: "moved", colour: "grey" });
  await put({ id: "gone", colour: "grey" });
  // From here on every write of a single key stays without an answer, as if the process had ended before it.
  level.put = () => new Promise(() => undefined);
  level.del = () => new Promise(() => undefined);
  const abandoned = () => ({ abortSignal: AbortSignal.timeout(500) });
  const moved = new PutCommand({ TableName, Item: { id: "moved", colour: "blue" } });
  const gone = new DeleteCommand({ TableName, Key: { id: "gone" } });
  await expect(items.send(moved, abandoned())).rejects.toThrow();
  await expect(items.send(gone, abandoned())).rejects.toThrow();
  await restart();
  expect([await get("moved"), await get("gone")]).toEqual([{ id: "moved", colour: "blue" }, undefined]);
  expect(await idsBy("byColour", "colour", "blue")).toEqual(["moved"]);
  expect(await idsBy("byColour", "colour", "grey")).toEqual([]);
});

test("a table that was being made when its process ended can be used", async () => {
  const record = (await level.get(`table~${TableName}`)) as object;
  await level.put(`table~${TableName}`, { ...record, TableStatus: "CREATING" });
  await expect(get("kept")).rejects.toThrow("not found");
  await restart();
  expect(await get("kept")).toBeDefined();
});

test("an index that is new or changed is filled from the items; one that is gone is dropped", async () => {
  const shape = { KeyType: "HASH", AttributeName: "shape" };
  const withShape = [...definition.AttributeDefinitions, { AttributeName: "shape", AttributeType: "S" }];
  await put({ id: "round", colour: "red", shape: "circle" });
  const byShape = { ...byColour, IndexName: "byShape", KeySchema: [shape] };
  await emulator.store.changeIndexes({
    ...definition,
    AttributeDefinitions: withShape,
    GlobalSecondaryIndexes: [byColour, byShape],
  });
  expect(await idsBy("byShape", "shape", "circle")).toEqual(["round"]);
  expect(await idsBy("byColour", "colour", "red")).toEqual(["kept", "round"]);
  await put({ id: "round", shape: "square" });
  expect(await idsBy("byShape", "shape", "circle")).toEqual([]);

  // An entry of the old key that would pass for one of the new.
  await put({ id: "stale", colour: "square" });
  const rekeyed = { ...byColour, KeySchema: [shape] };
  await emulator.store.changeIndexes({
    ...definition,
    AttributeDefinitions: withShape,
    GlobalSecondaryIndexes: [rekeyed],
  });
  await restart();
  expect(await idsBy("byColour", "shape", "square")).toEqual(["round"]);
  await expect(idsBy("byShape", "shape", "square")).rejects.toThrow("byShape");
});
