// What is found by the store's two indexes: a project's requests page by page, and what is overdue.
import { randomUUID } from "node:crypto";
import { listWaiting } from "../../lib/approvals/waiting.ts";
import { and, below, equals } from "../../lib/aws/condition.ts";
import { BadCursor } from "../../lib/aws/cursor.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { dueErasure, idOfKey, wakeShards } from "../../lib/requests/request-item.ts";
import { defaultPersonalDataMs } from "../../lib/requests/store.ts";
import { nowMs, openStore, sampleRequest } from "./sample-request.ts";

let opened: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openStore();
});
afterAll(() => opened.close());

const minuteMs = 60_000;
const createdAt = (minute: number) => new Date(nowMs + minute * minuteMs).toISOString();
const failed: ImageRequest["end"] = { status: "failed", problem: { type: "t", title: "t", detail: "d" } };

async function stored(more: Partial<ImageRequest>): Promise<string> {
  const request = sampleRequest(more);
  await opened.store.create(request);
  return request.id;
}

/** Every page's ids, with a bound: a cursor that leads nowhere must not be followed for ever. */
async function pages(
  projectId: string,
  limit: number,
  more: { status?: "running" | "failed" } = {},
): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 20; page++) {
    const query = { provider: "simulated", projectId, limit, ...more, ...(cursor !== undefined && { cursor }) };
    const answer = await opened.store.listOfProject(query);
    found.push(answer.requests.map(({ id }) => id));
    cursor = answer.cursor;
    if (cursor === undefined) return found;
  }
  throw new Error("the pages do not end");
}

describe("a project's requests", () => {
  const projectId = randomUUID();
  const ids: string[] = [];
  beforeAll(async () => {
    for (const minute of [0, 1, 2, 3, 4]) ids.unshift(await stored({ projectId, createdAt: createdAt(minute) }));
    await stored({ projectId, provider: "another" });
    await stored({ projectId: randomUUID() });
  });

  test.each([1, 2, 3, 5, 50])("newest first, each once, in pages of %i", async (limit) => {
    const found = await pages(projectId, limit);
    expect(found.flat()).toEqual(ids);
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(limit);
  });

  test("whole requests, as they are stored", async () => {
    const { requests } = await opened.store.listOfProject({ provider: "simulated", projectId, limit: 1 });
    expect(requests).toEqual([await opened.store.get(ids[0] ?? "")]);
  });

  test("of the same moment: none is lost or shown twice where a page ends among them", async () => {
    const crowded = randomUUID();
    const made = new Set<string>();
    for (let count = 0; count < 5; count++) made.add(await stored({ projectId: crowded }));
    expect((await pages(crowded, 2)).flat().sort()).toEqual([...made].sort());
  });

  test("of one status: pages may be short, yet all are found", async () => {
    const mixed = randomUUID();
    const over = { step: "release", end: failed, endedAt: createdAt(9) } as const;
    const wanted: string[] = [];
    for (let minute = 0; minute < 6; minute++) {
      const id = await stored({ projectId: mixed, createdAt: createdAt(minute), ...(minute % 3 === 0 && over) });
      if (minute % 3 === 0) wanted.unshift(id);
    }
    expect((await pages(mixed, 2, { status: "failed" })).flat()).toEqual(wanted);
    expect((await pages(mixed, 2, { status: "running" })).flat()).toHaveLength(4);
  });

  test("a project without any has one empty page", async () => {
    expect(await pages(randomUUID(), 5)).toEqual([[]]);
  });

  test("a cursor whose request is no more leads on from its place", async () => {
    const { cursor = "" } = await opened.store.listOfProject({ provider: "simulated", projectId, limit: 2 });
    const [, createdAtOfCursor] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    const gone = Buffer.from(JSON.stringify(["request#gone", createdAtOfCursor])).toString("base64url");
    const after = await opened.store.listOfProject({ provider: "simulated", projectId, limit: 9, cursor: gone });
    expect(ids).toEqual(expect.arrayContaining(after.requests.map(({ id }) => id)));
  });

  test("a cursor of another project shows nothing of that project", async () => {
    const other = randomUUID();
    for (const minute of [0, 1]) await stored({ projectId: other, createdAt: createdAt(minute) });
    const { cursor = "" } = await opened.store.listOfProject({ provider: "simulated", projectId: other, limit: 1 });
    const { requests } = await opened.store.listOfProject({ provider: "simulated", projectId, limit: 9, cursor });
    expect(requests.every((request) => request.projectId === projectId)).toBe(true);
  });

  test.each([
    ["no base64", "%%%"],
    ["no JSON", Buffer.from("{").toString("base64url")],
    ["a lock's key", Buffer.from('["server#x","2026"]').toString("base64url")],
    ["numbers", Buffer.from("[1,2]").toString("base64url")],
    ["nothing", ""],
  ])("a cursor that is %s is the caller's mistake", async (_name, cursor) => {
    const asked = opened.store.listOfProject({ provider: "simulated", projectId, limit: 1, cursor });
    if (cursor === "") expect((await asked).requests).toHaveLength(1);
    else await expect(asked).rejects.toBeInstanceOf(BadCursor);
  });
});

describe("what is overdue", () => {
  const inShard = (shard: number, rest: string) => `000${shard}${rest}-0000-4000-8000-000000000000`;
  /** Of the requests of these tests alone: the others' ids are random. */
  const overdue = async (atMs: number, limit = 50) => {
    const shards = Array.from({ length: wakeShards }, (_, shard) => opened.store.overdue(shard, atMs, limit));
    return (await Promise.all(shards)).map((found) => found.filter(({ id }) => id.startsWith("000")));
  };
  const farMs = nowMs + 1_000 * minuteMs;

  test("each request is in one shard, found once its time is past, the longest overdue first", async () => {
    const beginMs = nowMs - 1_000 * minuteMs;
    await stored({ id: inShard(1, "late"), wakeAtMs: beginMs + 2 });
    await stored({ id: inShard(1, "more"), wakeAtMs: beginMs + 1 });
    await stored({ id: inShard(2, "else"), wakeAtMs: beginMs + 1 });
    expect(await overdue(beginMs + 1)).toEqual([[], [], [], []]);
    const [, first = [], second = []] = await overdue(beginMs + 3);
    expect(first.map(({ id }) => id)).toEqual([inShard(1, "more"), inShard(1, "late")]);
    expect(second).toEqual([{ id: inShard(2, "else"), wakeAtMs: beginMs + 1 }]);
    expect((await overdue(beginMs + 3, 1)).map(({ length }) => length)).toEqual([0, 1, 1, 0]);
  });

  test("what has ended is in no shard, and a lock never was", async () => {
    const request = sampleRequest({ id: inShard(3, "ends"), wakeAtMs: nowMs });
    await opened.store.create(request);
    await opened.locks.take("server#simulated#s", request.id, nowMs);
    expect((await overdue(farMs))[3]).toEqual([{ id: request.id, wakeAtMs: nowMs }]);
    const held = await opened.store.claim(request.id, "check", 1, { token: "t", untilMs: nowMs }, nowMs);
    if (!held) throw new Error("not claimed");
    const { learned, ledger, timeline } = held;
    const end = { step: "release", end: failed, endedAt: createdAt(1), learned, ledger, timeline } as const;
    await opened.store.settle(held, end, nowMs);
    expect((await overdue(farMs))[3]).toEqual([]);
  });

  test("a look is postponed once, only from the time that was seen, and never for what is not stored", async () => {
    const id = inShard(0, "post");
    await stored({ id, wakeAtMs: nowMs });
    expect(await opened.store.postpone(id, nowMs - 1, farMs, 1)).toBeUndefined();
    const tries = await Promise.all([1, 2, 3].map((wakes) => opened.store.postpone(id, nowMs, farMs, wakes)));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await opened.store.get(id)).toMatchObject({ wakeAtMs: farMs, version: 1 });
    expect(await opened.store.postpone("none", nowMs, farMs, 1)).toBeUndefined();
    expect(await opened.store.get("none")).toBeUndefined();
  });
});

describe("from live to erased", () => {
  const provider = "simulated";
  const claim = { token: "t", untilMs: nowMs + minuteMs };

  /** Takes a stored request to this outcome. */
  async function settled(id: string, change: Partial<ImageRequest>) {
    const seen = await opened.store.get(id);
    const claimed = await opened.store.claim(id, seen?.step ?? "check", seen?.version ?? 0, claim, nowMs);
    if (!claimed) throw new Error("not claimed");
    const { step, learned, ledger, timeline } = claimed;
    return opened.store.settle(claimed, { step, learned, ledger, timeline, wakeAtMs: nowMs, ...change }, nowMs);
  }

  test("live ones are counted by project, up to the limit; with its end a request is due to lose its personal data", async () => {
    const { table, store } = opened;
    const projectId = randomUUID();
    const ids = [await stored({ projectId }), await stored({ projectId }), await stored({ projectId })];
    await stored({ projectId: randomUUID() });
    expect(await store.countLive(provider, projectId, 10)).toBe(3);
    expect(await store.countLive(provider, projectId, 2)).toBe(2);
    await settled(ids[0] ?? "", { step: "release", end: failed, endedAt: createdAt(1) });
    expect(await store.countLive(provider, projectId, 10)).toBe(2);
    const due = async (atMs: number) => {
      const key = and(equals("lifeKey", dueErasure), below("lifeAt", new Date(atMs).toISOString()));
      const { items } = await table.query({ index: "byLife", key, limit: 1000 });
      return items.map(({ id }) => idOfKey(id)).filter((id) => ids.includes(id));
    };
    expect(await due(nowMs + defaultPersonalDataMs)).toEqual([]);
    expect(await due(nowMs + defaultPersonalDataMs + 1)).toEqual([ids[0]]);
  });

  test("in staff's list with the outcome that makes it wait, out of it with the one that does not; no request shows it", async () => {
    const { table, store } = opened;
    const mine = `provider-${randomUUID()}`;
    const waiting = { why: "w", evidence: "w", evidenceSinceMs: nowMs, stepSinceMs: nowMs, looks: 1 };
    const id = await stored({ provider: mine, step: "approve" });
    const listed = async () => (await listWaiting(table, { provider: mine, limit: 5 })).waiting;
    expect(await listed()).toEqual([]);
    await settled(id, { step: "approve", waiting });
    const request = await store.get(id);
    expect(await listed()).toEqual([{ kind: "image-request", since: createdAt(0), request }]);
    expect(Object.keys(request ?? {}).filter((name) => /Key|Since$|^lifeAt/.test(name))).toEqual([]);
    await settled(id, { step: "quiesce" });
    expect(await listed()).toEqual([]);
  });
});
