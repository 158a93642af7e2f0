// The store's promises, on the table's real protocol: claims, signals, the waker's index, locks.
import { serverLock, unclaimedLockMs } from "../../lib/requests/locks.ts";
import { wakeShards } from "../../lib/requests/request-item.ts";
import type { ClaimedRequest, Outcome } from "../../lib/requests/store.ts";
import { asking, type Bench, startBench } from "./bench.ts";

let bench: Bench;
let id: string;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  const { body } = await bench.call("create-image-request", "alice", {
    body: asking(bench, { keepPaths: [{ path: "/srv", reason: "x" }] }),
  });
  id = body.id;
});
afterEach(async () => {
  await bench.call("cancel-image-request", "alice", { id });
  await bench.drive(id);
});

const claim = async (token: string, untilMs = bench.clock.now() + 60_000): Promise<ClaimedRequest | undefined> => {
  const request = await bench.runtime.store.get(id);
  return await bench.runtime.store.claim(
    id,
    request?.step ?? "",
    request?.version ?? 0,
    { token, untilMs },
    bench.clock.now(),
  );
};
const claimed = async (token: string, untilMs?: number): Promise<ClaimedRequest> => {
  const request = await claim(token, untilMs);
  if (!request) throw new Error("not claimed");
  return request;
};
const staying = ({ step, learned, ledger, timeline }: ClaimedRequest, wakeAtMs: number): Outcome => ({
  step,
  learned,
  ledger,
  timeline,
  wakeAtMs,
});
const overdue = async (nowMs: number) => {
  const shards = Array.from({ length: wakeShards }, (_, shard) => bench.runtime.store.overdue(shard, nowMs, 10));
  return (await Promise.all(shards)).flat();
};

test("a claim shuts others out until it runs out, and each is counted", async () => {
  await claimed("first");
  expect(await claim("second")).toBeUndefined();
  bench.clock.advance(60_001);
  expect((await claimed("second")).claim).toMatchObject({ token: "second", count: 2 });
});

test("of two claims at once one wins", async () => {
  const won = (await Promise.all([claim("a"), claim("b"), claim("c")])).filter(Boolean);
  expect(won).toHaveLength(1);
  bench.clock.advance(60_001);
});

test("who lost the claim can write neither ledger nor outcome", async () => {
  const late = await claimed("late");
  bench.clock.advance(60_001);
  await claimed("taker");
  expect(await bench.runtime.store.keepLedger(late, [])).toBe(false);
  expect(await bench.runtime.store.settle(late, staying(late, bench.clock.now()), bench.clock.now())).toBeUndefined();
  expect((await bench.runtime.store.get(id))?.ledger).toHaveLength(1);
  bench.clock.advance(60_001);
});

test("an outcome counts the version on and ends the claim", async () => {
  const request = await claimed("worker");
  const settled = await bench.runtime.store.settle(
    request,
    staying(request, bench.clock.now() + 5_000),
    bench.clock.now(),
  );
  expect(settled).toMatchObject({ version: request.version + 1, wakeAtMs: bench.clock.now() + 5_000 });
  expect(settled?.claim).toBeUndefined();
});

test("a signal between the look and its outcome makes the request due at once, and stays", async () => {
  const request = await claimed("worker");
  await bench.call("cancel-image-request", "alice", { id, body: { reason: "now" } });
  const farAway = bench.clock.now() + 14 * 86_400_000;
  const settled = await bench.runtime.store.settle(request, staying(request, farAway), bench.clock.now());
  expect(settled).toMatchObject({ wakeAtMs: bench.clock.now(), cancel: { reason: "now" } });
});

test("the waker's index holds what is live and nothing that has ended; a postponed look is not moved twice", async () => {
  const { wakeAtMs = 0 } = (await bench.runtime.store.get(id)) ?? {};
  expect(await overdue(wakeAtMs)).toEqual([]);
  expect(await overdue(wakeAtMs + 1)).toEqual([{ id, wakeAtMs }]);
  const postponed = await Promise.all(
    [1, 2].map(() => bench.runtime.store.postpone(id, wakeAtMs, wakeAtMs + 60_000, 1)),
  );
  expect(postponed.filter(Boolean)).toHaveLength(1);
  await bench.call("cancel-image-request", "alice", { id });
  await bench.drive(id);
  expect(await overdue(Number.MAX_SAFE_INTEGER)).toEqual([]);
});

test("a lock of a request that was never stored is taken over after a minute, one of a live request never", async () => {
  const { locks, clock } = bench.runtime;
  const key = serverLock("simulated", "some-server");
  const orphan = "00000000-0000-4000-8000-000000000000";
  await locks.take(key, orphan, clock.now());
  expect(await locks.take(key, id, clock.now() + unclaimedLockMs)).toEqual({ heldBy: orphan });
  const later = clock.now() + unclaimedLockMs + 1;
  expect(await locks.take(key, id, later)).toEqual({ heldBy: id });
  expect(await locks.take(key, orphan, later + 10 * unclaimedLockMs)).toEqual({ heldBy: id });
  await locks.free(key, orphan);
  expect(await locks.holder(key)).toBe(id);
  await locks.free(key, id);
  expect(await locks.holder(key)).toBeUndefined();
});
