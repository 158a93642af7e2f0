// What the locks promise: one holder, taken over only where the holder can never come back.
import { randomUUID } from "node:crypto";
import { type LockKey, nameLock, serverLock, unclaimedLockMs } from "../../lib/requests/locks.ts";
import { nowMs, openStore, sampleRequest } from "./sample-request.ts";

let opened: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openStore();
});
afterAll(() => opened.close());

const freshKey = (): LockKey => serverLock("simulated", randomUUID());
async function stored(more: Parameters<typeof sampleRequest>[0] = {}): Promise<string> {
  const request = sampleRequest(more);
  await opened.store.create(request);
  return request.id;
}
const ended = {
  step: "release",
  end: { status: "failed", problem: { type: "t", title: "t", detail: "d" } },
  endedAt: new Date(nowMs).toISOString(),
} as const;

test("the first has it; taking it again is fine; another is told who has it", async () => {
  const key = freshKey();
  const [first, second] = [await stored(), await stored()];
  expect(await opened.locks.holder(key)).toBeUndefined();
  expect(await opened.locks.take(key, first, nowMs)).toEqual({ heldBy: first });
  expect(await opened.locks.take(key, first, nowMs + 1)).toEqual({ heldBy: first });
  expect(await opened.locks.take(key, second, nowMs + 10 * unclaimedLockMs)).toEqual({ heldBy: first });
  expect(await opened.locks.holder(key)).toBe(first);
});

test("of many at once all are told the same holder", async () => {
  const key = freshKey();
  const requests = await Promise.all([1, 2, 3, 4, 5].map(() => stored()));
  const told = await Promise.all(requests.map((id) => opened.locks.take(key, id, nowMs)));
  expect(new Set(told.map(({ heldBy }) => heldBy)).size).toBe(1);
  expect(await opened.locks.holder(key)).toBe(told[0]?.heldBy);
});

test("of an ended request it is free at once, and of many who take it over one has it", async () => {
  const key = freshKey();
  const over = await stored(ended);
  await opened.locks.take(key, over, nowMs);
  const requests = await Promise.all([1, 2, 3, 4].map(() => stored()));
  const told = await Promise.all(requests.map((id) => opened.locks.take(key, id, nowMs)));
  expect(new Set(told.map(({ heldBy }) => heldBy)).size).toBe(1);
  expect(requests).toContain(await opened.locks.holder(key));
});

test("only its holder frees it; one that is free is freed without harm", async () => {
  const key = freshKey();
  const [holder, other] = [await stored(), await stored()];
  await opened.locks.free(key, holder);
  await opened.locks.take(key, holder, nowMs);
  await opened.locks.free(key, other);
  expect(await opened.locks.holder(key)).toBe(holder);
  await opened.locks.free(key, holder);
  expect(await opened.locks.take(key, other, nowMs)).toEqual({ heldBy: other });
});

test("names are one whatever their case and form, and are another project's or provider's own", async () => {
  const id = await stored();
  await opened.locks.take(nameLock("p", "a", "Stra\u00dfe Caf\u00e9"), id, nowMs);
  expect(await opened.locks.holder(nameLock("p", "a", "stra\u00dfe cafe\u0301"))).toBe(id);
  expect(await opened.locks.holder(nameLock("p", "b", "Stra\u00dfe Caf\u00e9"))).toBeUndefined();
  expect(await opened.locks.holder(nameLock("q", "a", "Stra\u00dfe Caf\u00e9"))).toBeUndefined();
});

test("a lock of a key at DynamoDB's bound of 2048 bytes is kept; beyond it is an error, not a lock", async () => {
  const id = await stored();
  const key = nameLock("p", "a", "n".repeat(2048 - "name#p#a#".length));
  expect(await opened.locks.take(key, id, nowMs)).toEqual({ heldBy: id });
  await expect(opened.locks.take(`${key}n` as LockKey, id, nowMs)).rejects.toThrow(/2048/);
});
