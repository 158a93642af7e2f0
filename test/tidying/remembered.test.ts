// What must outlive a switch, a crash, a restore and the years: people's words, what we hid, how much was deleted, and when.
import { reconcile } from "../../lib/tidying/reconcile.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { sweepProvider } from "../../lib/tidying/sweep.ts";
import { dayMs, openShelf, type Shelf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

const keep = (id: string) => shelf.bench.call("keep-image", "alice", { id });

test("whoever said keep is not asked anew because tidying was switched off and on", async () => {
  shelf = await openShelf({ tidying: { tellDays: 2, hideDays: 2 } });
  const id = shelf.put("old");
  await shelf.days(1);
  expect((await keep(id)).status).toBe(200);
  const { policy } = shelf.provider;
  const off = { ...shelf.provider, policy: { ...policy, tidying: { ...policy.tidying, enabled: false } } };
  shelf.bench.clock.advance(dayMs);
  const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell: async () => true };
  expect(await sweepProvider(shelf.bench.runtime, off, run)).toMatchObject({ outcome: "ended" });
  await shelf.days(5);
  expect(shelf.told.filter(({ kind }) => kind === "told")).toHaveLength(1);
});

test("hidden since the backup: reconcile names it, and its owner's word shows it again", async () => {
  shelf = await openShelf({ tidying: { tellDays: 2, hideDays: 20 } });
  const id = shelf.put("old");
  await shelf.days(1);
  const backup = structuredClone([...shelf.table.items]);
  await shelf.days(3);
  expect(shelf.isHidden(id)).toBe(true);
  shelf.table.items.clear();
  for (const [key, item] of backup) shelf.table.items.set(key, item);

  const found: string[] = [];
  for await (const { about, text } of reconcile(shelf.bench.runtime, shelf.provider, new AbortController().signal))
    found.push(`${about}: ${text}`);
  expect(found).toEqual([expect.stringMatching(`^image ${id}: told by the table, and hidden`)]);
  expect((await keep(id)).body).toMatchObject({ hidden: false });
  expect(shelf.isHidden(id)).toBe(false);
});

test("a run that dies in the middle of a page has used up what it deleted of the pass's bound", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1, deletionsPerPass: 2 }, limits: { attempts: 1 } });
  for (let each = 0; each < 6; each++) shelf.put(`old-${each}`);
  await shelf.days(2);
  shelf.bench.clock.advance(dayMs);
  const killed = new AbortController();
  const { calls } = shelf.bench.cloud;
  const push = calls.push.bind(calls);
  let begun = 0;
  calls.push = (...logged) => {
    begun += logged.filter(({ path }) => path.endsWith("/actions/deactivate")).length;
    if (begun === 2) killed.abort();
    return push(...logged);
  };
  await shelf.run({ signal: killed.signal });
  expect(begun).toBe(2);
  expect((await shelf.run()).outcome).not.toBe("failed");
  expect(begun).toBe(2);
});

test("the list of deletions ends after a year, however much was deleted in a day", async () => {
  shelf = await openShelf();
  const store = openTidyingStore(shelf.table);
  const at = new Date(shelf.bench.clock.now()).toISOString();
  const deletion = {
    provider: "simulated",
    kind: "image",
    name: "old",
    owner: null,
    sizeBytes: 1,
    hash: null,
  } as const;
  for (let each = 0; each < 1100; each++)
    await store.recordDeletion({
      ...deletion,
      thingId: `${each}`,
      createdAt: at,
      at,
      reason: "unused",
      why: "unused",
      state: "done",
    });
  shelf.bench.clock.advance(366 * dayMs + 1000);
  await store.release("simulated", shelf.bench.clock.now());
  expect(await shelf.run()).toMatchObject({ outcome: "ended" });
  expect((await store.listDeletions("simulated", 10)).deletions).toEqual([]);
});
