// 429 with Retry-After: by caller, by what the call does, and by address for tokens that Keystone refuses.
import { type MemoryTable, openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, startBench } from "./bench.ts";

let bench: Bench;
let table: MemoryTable;
beforeEach(async () => {
  table = openMemoryTable();
  bench = await startBench({ table, policy: { callsPerMinute: { reading: 5, changing: 3 } } });
});
afterEach(() => bench.close());

const list = (person: "alice" | "bob") => bench.call("list-image-requests", person);
const create = (person: "alice" | "bob") => bench.call("create-image-request", person, { body: { nothing: "right" } });
const times = async <Answer>(count: number, call: () => Promise<Answer>) => {
  const answers: Answer[] = [];
  for (let at = 0; at < count; at++) answers.push(await call());
  return answers;
};
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);

test("reads and changes are counted apart, for each caller, by the minute", async () => {
  expect(statuses(await times(3, () => create("alice")))).toEqual([422, 422, 422]);
  bench.clock.advance(20_500);
  const refused = await create("alice");
  expect(refused).toMatchObject({
    status: 429,
    headers: { "retry-after": "40", "content-type": "application/problem+json" },
    body: { type: "urn:darkroom:problem:too-often", status: 429, remedy: "Try again in 40 seconds." },
  });
  expect((await create("bob")).status).toBe(422);

  expect(statuses(await times(6, () => list("alice")))).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await list("bob")).status).toBe(200);
  bench.clock.advance(60_000);
  expect([(await create("alice")).status, (await list("alice")).status]).toEqual([422, 200]);
});

test("a POST that only asks is a read, and writes nothing into the table", async () => {
  const preflight = () => bench.call("create-preflight", "alice", { body: asking(bench) });
  expect(statuses(await times(5, preflight))).toEqual([200, 200, 200, 200, 200]);
  expect((await preflight()).status).toBe(429);
  expect([...table.items.keys()]).toEqual([]);
  expect((await create("alice")).status).toBe(422);
  expect([...table.items.keys()]).toEqual([expect.stringMatching(/^rate#/)]);
});

test("refused tokens are counted by address: Keystone is asked no more, and whoever is known goes on", async () => {
  expect((await list("alice")).status).toBe(200);
  const known = { "x-auth-token": await bench.token("alice") };
  expect((await bench.call("list-image-requests", undefined, { headers: known })).status).toBe(200);
  let guesses = 0;
  const guess = () =>
    bench.call("list-image-requests", undefined, { headers: { "x-auth-token": `guess-${guesses++}` } });
  expect(new Set(statuses(await times(120, guess)))).toEqual(new Set([401]));
  const calls = bench.cloud.calls.length;
  expect((await guess()).status).toBe(429);
  expect(bench.cloud.calls.length).toBe(calls);
  expect((await bench.call("list-image-requests", undefined, { headers: known })).status).toBe(200);
  // No token at all costs Keystone nothing: it is told so, always.
  expect((await bench.call("list-image-requests", undefined)).status).toBe(401);
  bench.clock.advance(60_000);
  expect((await guess()).status).toBe(401);
});

test("what anybody may read is counted by address", async () => {
  const health = () => bench.call("get-health", undefined);
  expect(new Set(statuses(await times(600, health)))).toEqual(new Set([200]));
  expect((await health()).status).toBe(429);
});

test("who has a request's state already gets 304, until it changes; every answer carries what browsers are to heed", async () => {
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  const look = (headers = {}) => bench.call("get-image-request", "alice", { id: body.id, headers });
  const first = await look();
  expect(first.headers).toMatchObject({
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  });
  const ifNoneMatch = { "if-none-match": String(first.headers.etag) };
  expect(await look(ifNoneMatch)).toMatchObject({
    status: 304,
    body: undefined,
    headers: { etag: first.headers.etag },
  });
  await bench.call("cancel-image-request", "alice", { id: body.id });
  await bench.drive(body.id);
  const changed = await look(ifNoneMatch);
  expect(changed.status).toBe(200);
  expect(changed.headers.etag).not.toBe(first.headers.etag);
});
