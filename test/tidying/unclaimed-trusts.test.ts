// Many delegations: those that are claimed, and those that nobody can delete, do not stand before the rest.
import type { LedgerEntry } from "../../lib/requests/ledger-entry.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { sweepTrusts } from "../../lib/tidying/unclaimed-trusts.ts";
import { asking } from "../chain/bench.ts";
import { dayMs, openShelf, type Shelf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

/** A live request, whose delegation is the pattern of `count` more; the last in the list is claimed by nobody. */
async function delegations(count: number, change: (trust: { expiresAt: number | null }) => void = () => undefined) {
  shelf = await openShelf();
  const { bench, table } = shelf;
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  const { trusts } = bench.cloud.state;
  const [pattern] = Object.values(trusts);
  const request = [...table.items.values()].find(({ id, ledger }) => id.endsWith(body.id) && ledger !== undefined);
  const entry = (request?.ledger as LedgerEntry[] | undefined)?.find(({ kind }) => kind === "trust");
  if (!pattern || !request || !entry) throw new Error("no delegation");
  const made = Array.from({ length: count }, (_, each) => each.toString(16).padStart(32, "0"));
  for (const id of made) {
    trusts[id] = { ...structuredClone(pattern), id };
    change(trusts[id]);
  }
  const unclaimed = "f".repeat(32);
  trusts[unclaimed] = { ...structuredClone(pattern), id: unclaimed };
  const claim = () =>
    table.items.set(request.id, {
      ...request,
      ledger: [...(request.ledger as LedgerEntry[]), ...made.map((trustId) => ({ ...entry, trustId, mark: trustId }))],
    });
  bench.clock.advance(3_600_001);
  return { made, unclaimed, claim, isThere: (id: string) => trusts[id] !== undefined };
}

test("behind more claimed ones than one run may delete", async () => {
  const { made, unclaimed, claim, isThere } = await delegations(150);
  claim();
  expect(await sweepTrusts(shelf.bench.runtime)).toEqual({ deleted: 1 });
  expect(isThere(unclaimed)).toBe(false);
  expect(made.every(isThere)).toBe(true);
});

test("behind expired ones, with which nobody tries to sign in any more", async () => {
  const { unclaimed, isThere } = await delegations(101, (trust) => {
    trust.expiresAt = shelf.bench.clock.now() + 1000;
  });
  shelf.bench.cloud.calls.length = 0;
  expect(await sweepTrusts(shelf.bench.runtime)).toEqual({ deleted: 1 });
  expect(isThere(unclaimed)).toBe(false);
  expect(shelf.bench.cloud.calls.length).toBeLessThan(10);
});

test("behind as many that the cloud refuses to delete: reached in another hour", async () => {
  const { made, unclaimed, isThere } = await delegations(200);
  shelf.bench.cloud.faults.add({
    service: "identity",
    method: "DELETE",
    path: new RegExp(made.join("|")),
    when: "before",
    answer: { error: 403 },
  });
  for (let hour = 0; hour < 3; hour++) {
    await sweepTrusts(shelf.bench.runtime);
    shelf.bench.clock.advance(3_600_000);
  }
  expect(isThere(unclaimed)).toBe(false);
});

test("none is deleted while the sweeps are held", async () => {
  const { unclaimed, isThere } = await delegations(0);
  const tidying = openTidyingStore(shelf.table);
  await tidying.hold("simulated", { sinceMs: 0, why: "the table was put back" });
  expect(await sweepTrusts(shelf.bench.runtime)).toEqual({ deleted: 0 });
  await tidying.release("simulated", shelf.bench.clock.now());
  shelf.bench.clock.advance(dayMs);
  expect(await sweepTrusts(shelf.bench.runtime)).toEqual({ deleted: 1 });
  expect(isThere(unclaimed)).toBe(false);
});
