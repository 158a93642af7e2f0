// So many calls in a window, by whoever counts, and the windows that are over are swept.
import { openMemoryTable } from "../../test/matrix/memory-table.ts";
import { openRateLimits } from "./rate-limit.ts";

function opened() {
  const clock = { ms: Date.parse("2026-01-05T12:00:00Z"), now: () => clock.ms };
  const table = openMemoryTable();
  return { clock, table, rates: openRateLimits(table, clock) };
}

test("so many are free in a window; then it is said when to come back, and the next window is free again", async () => {
  const { clock, rates } = opened();
  for (let tries = 0; tries < 3; tries++) expect(await rates.allow("alice", 3, 60_000)).toEqual({});
  clock.ms += 10_500;
  expect(await rates.allow("alice", 3, 60_000)).toEqual({ retryAfterSeconds: 50 });
  expect(await rates.allow("bob", 3, 60_000)).toEqual({});
  clock.ms += 49_500;
  for (let tries = 0; tries < 3; tries++) expect(await rates.allow("alice", 3, 60_000)).toEqual({});
  expect(await rates.allow("alice", 3, 60_000)).toEqual({ retryAfterSeconds: 60 });
});

test("what is refused is not counted, and no key stands in the table", async () => {
  const { table, rates } = opened();
  for (let tries = 0; tries < 20; tries++) await rates.allow("alice@example.org", 2, 60_000);
  const items = [...table.items.values()];
  expect(items).toMatchObject([{ count: 2, listKey: "due#rates", listOrder: "2026-01-05T12:01:00.000Z" }]);
  expect(JSON.stringify(items)).not.toContain("alice");
});

test("of many at once no more are let through than are free", async () => {
  const { rates } = opened();
  const answers = await Promise.all(Array.from({ length: 30 }, () => rates.allow("alice", 5, 60_000)));
  const free = answers.filter(({ retryAfterSeconds }) => retryAfterSeconds === undefined);
  expect(free).toHaveLength(5);
});

test("windows that have ended are swept away, others stay", async () => {
  const { clock, table, rates } = opened();
  await rates.allow("old", 3, 60_000);
  await rates.allow("begun anew", 3, 60_000);
  clock.ms += 61_000;
  await rates.allow("begun anew", 3, 60_000);
  expect(await rates.sweep(10)).toBe(1);
  expect(await rates.sweep(10)).toBe(0);
  expect([...table.items.values()]).toMatchObject([{ count: 1 }]);
});

test("an index that lists what was deleted a moment ago hides nothing behind it", async () => {
  const { clock, table, rates } = opened();
  for (let caller = 0; caller < 120; caller++) await rates.allow(`caller ${caller}`, 3, 60_000);
  clock.ms += 61_000;
  const behind = openMemoryTable();
  for (const [id, item] of table.items) behind.items.set(id, structuredClone(item));
  const lagging = openRateLimits({ ...table, query: behind.query }, clock);
  expect(await lagging.sweep(1_000)).toBe(120);
  expect(table.items.size).toBe(0);
  expect(await lagging.sweep(1_000)).toBe(0);
});

test("of more than may go in one turn the rest wait for the next", async () => {
  const { clock, table, rates } = opened();
  for (let caller = 0; caller < 120; caller++) await rates.allow(`caller ${caller}`, 3, 60_000);
  clock.ms += 61_000;
  expect([await rates.sweep(100), table.items.size]).toEqual([100, 20]);
});
