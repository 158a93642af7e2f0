// A table that was put back, beside the cloud that went on: what an operator reads before anything is deleted.
import { reconcile } from "../../lib/tidying/reconcile.ts";
import { asking } from "../chain/bench.ts";
import { dayMs, hourMs, openShelf, putImage, type Shelf, snapshotOf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

async function findings(): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, about } of reconcile(shelf.bench.runtime, shelf.provider, new AbortController().signal)) {
    found.push(`${kind}: ${about}`);
  }
  return found.sort();
}

test("table and cloud agree while requests are under way and after their end", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 3 } });
  const { bench } = shelf;
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  await bench.drive(body.id, ({ learned }) => learned.capture !== undefined);
  expect(await findings()).toEqual([]);
  await bench.drive(body.id);
  shelf.put("old");
  await shelf.days(2);
  expect(await findings()).toEqual([]);
});

test("what is out of use by the table agrees while it is, and is told once somebody put it back", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1 } });
  const id = shelf.put("old");
  await shelf.days(2);
  shelf.bench.clock.advance(dayMs - hourMs);
  await shelf.run();
  expect([shelf.isOut(id), await findings()]).toEqual([true, []]);
  Object.assign(shelf.bench.cloud.state.images[id] ?? {}, { status: "active" });
  expect(await findings()).toEqual([`stage: image ${id}`]);
});

// An hour on a token of before, which rests beside the request, has not expired, but is worth nothing any more.
test.each([hourMs, dayMs])(
  "%i ms after the backup what went on is told, thing by thing, and nothing is written",
  async (laterMs) => {
    shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 5 } });
    const { bench, table } = shelf;
    const hidden = shelf.put("old");
    const gone = shelf.put("gone");
    const out = shelf.put("out-of-use");
    await shelf.days(2);
    const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
    const early = await bench.drive(
      body.id,
      ({ learned, step }) => learned.capture !== undefined && step !== "capture",
    );
    const backup = structuredClone([...table.items]);

    const ended = await bench.drive(body.id);
    expect(ended.end?.status).toBe("completed");
    const later = putImage(bench, "darkroom-0123456789abcdef01234567", { ageDays: 0, properties: snapshotOf("s") });
    Object.assign(bench.cloud.state.images[hidden] ?? {}, { hidden: false });
    delete bench.cloud.state.images[gone];
    Object.assign(bench.cloud.state.images[out] ?? {}, { status: "deactivated" });
    bench.clock.advance(laterMs);

    table.items.clear();
    for (const [id, item] of backup) table.items.set(id, item);
    bench.cloud.calls.length = 0;
    expect(await findings()).toEqual(
      [
        `delegation: request ${early.id}`,
        `published: request ${early.id}`,
        `stage: image ${hidden}`,
        `stage: image ${gone}`,
        `stage: image ${out}`,
        `unknown: image ${later}`,
      ].sort(),
    );
    expect(bench.cloud.calls.filter(({ method, path }) => method !== "GET" && !path.includes("/auth/tokens"))).toEqual(
      [],
    );
  },
);
