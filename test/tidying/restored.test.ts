// A table that was put back while requests were under way: `release` takes away what is unfinished beyond doubt, and nothing else.
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { isServer } from "../../lib/requests/ledger-entry.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { asking, expectNothingLeft, imageOf, serverNow } from "../chain/bench.ts";
import { openShelf, type Shelf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

async function post(more: Record<string, unknown> = {}): Promise<string> {
  const { body } = await shelf.bench.call("create-image-request", "alice", { body: asking(shelf.bench, more) });
  return body.id;
}

const cancel = (id: string) => shelf.bench.call("cancel-image-request", "alice", { id, body: {} });

function backUp(): () => void {
  const { items } = shelf.table;
  const backup = structuredClone([...items]);
  return () => {
    items.clear();
    for (const [id, item] of backup) items.set(id, item);
    shelf.bench.queue.length = 0;
    shelf.bench.clock.advance(301_000); // for so long Nova and Glance believe a token that they have seen
  };
}

/** At the first PATCH of `publish` Glance does it, and nobody hears of it. */
function loseThePublication() {
  const { faults } = shelf.bench.cloud;
  return faults.add({ service: "image", method: "PATCH", times: 1, when: "after", answer: "reset" });
}

const isPublishedByHalf = ({ step, waiting }: ImageRequest) => step === "publish" && waiting !== undefined;

describe("of a request that has ended well since", () => {
  async function ends(id: string, putBack: () => void): Promise<void> {
    const ended = await shelf.bench.drive(id);
    expect(ended.end?.status).toBe("completed");
    const published = imageOf(shelf.bench, ended);
    putBack();
    const again = await shelf.bench.drive(id);
    expect(shelf.isThere(published.id)).toBe(true);
    expect(again.end).toMatchObject({
      status: "failed",
      leftovers: [`image ${published.id}`],
      problem: { detail: expect.stringContaining(`image ${published.id} is called ${published.name}`) },
    });
    await expectNothingLeft(shelf.bench, ended, { image: true });
  }

  test("at verify: the published image is left, and named", async () => {
    shelf = await openShelf();
    const id = await post({ preparation: "clean" });
    await shelf.bench.drive(id, ({ step }) => step === "verify");
    await ends(id, backUp());
  });

  test("in the middle of publish: the delegation, which ends with a request, is gone, so it is no half", async () => {
    shelf = await openShelf({ limits: { attempts: 1 } });
    const id = await post();
    await shelf.bench.drive(id, ({ step }) => step === "publish");
    loseThePublication();
    await shelf.bench.drive(id, isPublishedByHalf);
    await ends(id, backUp());
  });
});

test("published by half and cancelled: nothing is left of it", async () => {
  shelf = await openShelf({ limits: { attempts: 1 } });
  const id = await post();
  const { learned } = await shelf.bench.drive(id, ({ step }) => step === "publish");
  const imageId = learned.capture?.snapshotId ?? "";
  loseThePublication();
  await shelf.bench.drive(id, isPublishedByHalf);
  expect(shelf.bench.cloud.state.images[imageId]?.name).toBe("first-image");
  await cancel(id);
  const request = await shelf.bench.drive(id);
  expect(request.end?.status).toBe("cancelled");
  expect(shelf.isThere(imageId)).toBe(false);
  await expectNothingLeft(shelf.bench, request, { image: false });
});

test("what its owner has given a name of their own is theirs: left, named, and the rest is taken away", async () => {
  shelf = await openShelf();
  const { state } = shelf.bench.cloud;
  const id = await post({ preparation: "clean" });
  const { ledger, learned } = await shelf.bench.drive(id, (request) =>
    request.ledger.some((entry) => entry.kind === "verify-server" && entry.thingId !== undefined),
  );
  const serverId = ledger.findLast(isServer)?.thingId ?? "";
  const snapshotId = learned.capture?.snapshotId ?? "";
  for (const thing of [state.servers[serverId], state.images[snapshotId]]) Object.assign(thing ?? {}, { name: "mine" });
  await cancel(id);
  const request = await shelf.bench.drive(id);
  expect(request.end).toMatchObject({
    status: "failed",
    leftovers: expect.arrayContaining([`server ${serverId}`, `image ${snapshotId}`]),
    problem: { detail: expect.stringContaining(`server ${serverId} is called mine`) },
  });
  expect(request.end?.status === "failed" && request.end.leftovers).toHaveLength(2);
  expect([shelf.isThere(snapshotId), shelf.isThere(learned.sanitize?.imageId ?? "")]).toEqual([true, false]);
  expect(state.servers[serverId]?.vmState).not.toBe("deleted");
  expect(Object.values(state.trusts)).toEqual([]);
});

describe("while deletions are held", () => {
  const isHeld = ({ waiting }: ImageRequest) => waiting?.held === true;

  async function cancelledAtCapture(): Promise<{ id: string; snapshotId: string }> {
    const id = await post();
    const { learned } = await shelf.bench.drive(id, (each) => each.learned.capture !== undefined);
    await cancel(id);
    return { id, snapshotId: learned.capture?.snapshotId ?? "" };
  }

  test("release gives the server back and waits, however long; a request begun since goes on", async () => {
    shelf = await openShelf();
    const { bench } = shelf;
    const { id, snapshotId } = await cancelledAtCapture();
    const tidying = openTidyingStore(shelf.table);
    await tidying.hold("simulated", { sinceMs: bench.clock.now() + 1, why: "the table was put back" });
    const { waiting } = await bench.drive(id, isHeld);
    expect(waiting?.why).toContain("the table was put back");
    expect([shelf.isThere(snapshotId), serverNow(bench, "analysis-1").lockedBy]).toEqual([true, null]);
    bench.clock.advance(60 * 86_400_000);
    const looks = waiting?.looks ?? 0;
    await bench.drive(id, (request) => (request.waiting?.looks ?? 0) > looks && isHeld(request));
    expect(shelf.isThere(snapshotId)).toBe(true);

    const since = await post({ serverId: bench.cloud.ids.server("stopped-1"), name: "begun since" });
    await cancel(since);
    expect((await bench.drive(since)).end?.status).toBe("cancelled");

    await tidying.release("simulated", bench.clock.now());
    expect((await bench.drive(id)).end?.status).toBe("cancelled");
    expect(shelf.isThere(snapshotId)).toBe(false);
  });

  test("another table than the one that the last sweep wrote holds by itself, for release and for sweeps", async () => {
    shelf = await openShelf();
    await shelf.run();
    const { id, snapshotId } = await cancelledAtCapture();
    shelf.bench.clock.advance(1000);
    shelf.table.tableId = "restored";
    await shelf.bench.drive(id, isHeld);
    expect(shelf.isThere(snapshotId)).toBe(true);
    const [report] = await shelf.days(1);
    expect(report?.held).toContain("another one than that of the last sweep");

    await openTidyingStore(shelf.table).release("simulated", shelf.bench.clock.now());
    expect((await shelf.bench.drive(id)).end?.status).toBe("cancelled");
    const [after] = await shelf.days(1);
    expect(after?.held).toBeUndefined();
  });
});
