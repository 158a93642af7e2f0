// What requests left behind, found by their ledgers and by nothing else.
import { randomUUID } from "node:crypto";
import { isImage, isServer } from "../../lib/requests/ledger-entry.ts";
import { sweepOrphans } from "../../lib/tidying/orphans.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { asking, expectNothingLeft, imageOf } from "../chain/bench.ts";
import { dayMs, openShelf, putImage, type Shelf, snapshotOf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

const run = { signal: new AbortController().signal, remainingMs: () => 300_000 };
const sweep = () => sweepOrphans(shelf.bench.runtime, shelf.provider, run);

async function ended(more: Record<string, unknown> = {}) {
  const { body } = await shelf.bench.call("create-image-request", "alice", { body: asking(shelf.bench, more) });
  return await shelf.bench.drive(body.id);
}

/** A call that was lost has landed after all: the very server, the very image that the ledger's struck entries mean. */
function landLate(request: Awaited<ReturnType<typeof ended>>) {
  const { state, ids } = shelf.bench.cloud;
  const imageEntry = request.ledger.find((entry) => isImage(entry) && entry.kind === "snapshot");
  if (!imageEntry || !isImage(imageEntry)) throw new Error("nothing to land");
  const image = putImage(shelf.bench, `darkroom-${imageEntry.mark}`, {
    ageDays: 0,
    properties: snapshotOf(imageEntry.serverId, { darkroom_mark: imageEntry.mark }),
  });
  const pattern = state.servers[ids.server("stopped-1")];
  const servers = request.ledger.filter(isServer).map(({ mark, imageId }) => {
    if (!pattern) throw new Error("no server stopped-1");
    const server = { ...structuredClone(pattern), id: randomUUID(), name: `darkroom-${mark}`, imageId };
    state.servers[server.id] = { ...server, createdAt: shelf.bench.clock.now(), projectId: request.projectId };
    return server.id;
  });
  return { image, servers };
}

const serverThere = (id: string) => {
  const server = shelf.bench.cloud.state.servers[id];
  return server !== undefined && server.vmState !== "deleted";
};

test("what a lost call made after everything was tidied up is removed after the grace, and reported", async () => {
  shelf = await openShelf();
  const request = await ended({ preparation: "clean" });
  const late = landLate(request);
  const early = await sweep();
  expect(early).toMatchObject({ looked: 0, removed: [] });
  shelf.bench.clock.advance(dayMs + 3_600_000);
  const report = await sweep();
  expect(report.removed).toEqual(
    expect.arrayContaining([
      ...late.servers.map((id) => ({ kind: "server", id, requestId: request.id })),
      { kind: "image", id: late.image, requestId: request.id },
    ]),
  );
  shelf.bench.clock.advance(60_000);
  expect([...late.servers.map(serverThere), shelf.isThere(late.image)]).toEqual([false, false, false]);
  expect(shelf.isThere(imageOf(shelf.bench, request).id)).toBe(true);
  const { deletions } = await openTidyingStore(shelf.table).listDeletions("simulated", 10);
  expect(deletions.map(({ thingId, reason, state }) => `${thingId} ${reason} ${state}`).sort()).toEqual(
    [...late.servers, late.image].map((id) => `${id} orphan done`).sort(),
  );
  // Looked for once more, then never again.
  shelf.bench.clock.advance(2 * 3_600_000);
  expect(await sweep()).toMatchObject({ looked: 1, removed: [], left: [] });
  shelf.bench.clock.advance(30 * dayMs);
  expect(await sweep()).toMatchObject({ looked: 0 });
  await expectNothingLeft(shelf.bench, request, { image: true });
});

test("an owner's own snapshot of a server booted from a published image survives every sweep, whatever it inherited", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1 } });
  const request = await ended({ preparation: "clean" });
  const published = imageOf(shelf.bench, request);
  const marks = request.ledger.filter(isImage).map(({ mark }) => mark);
  const own = marks.map((mark, index) =>
    putImage(shelf.bench, `my own ${index}`, {
      ageDays: 0,
      // All that Nova copies, and a mark as an unfinished image has it.
      properties: snapshotOf(randomUUID(), { ...published.properties, darkroom_mark: mark }),
    }),
  );
  // Even called as only we call things.
  const named = marks.map((mark) =>
    putImage(shelf.bench, `darkroom-${mark}`, {
      ageDays: 0,
      properties: snapshotOf(randomUUID(), { ...published.properties, darkroom_mark: mark }),
    }),
  );
  // Of the very server, by its owner, long before.
  const older = putImage(shelf.bench, `darkroom-${marks[0]}`, {
    ageDays: 2,
    properties: snapshotOf(request.server.id, { darkroom_mark: marks[0] ?? "" }),
  });
  for (let day = 0; day < 40; day++) {
    shelf.bench.clock.advance(dayMs);
    await sweep();
  }
  await shelf.days(30);
  expect([...own, ...named, older, published.id].filter((id) => !shelf.isThere(id))).toEqual([]);
});

test.each([
  ["in use by somebody's server", (id: string) => bootGenomeFrom(id)],
  ["protected", (id: string) => Object.assign(shelf.bench.cloud.state.images[id] ?? {}, { protected: true })],
])("an orphan that is %s is left and reported", async (_what, change) => {
  shelf = await openShelf();
  const request = await ended();
  const { image } = landLate(request);
  change(image);
  shelf.bench.clock.advance(dayMs + 3_600_000);
  const report = await sweep();
  expect(report.left).toEqual([{ kind: "image", id: image, requestId: request.id, why: expect.any(String) }]);
  expect(shelf.isThere(image)).toBe(true);
});

test("what was renamed is its owner's by now", async () => {
  shelf = await openShelf();
  const request = await ended();
  const { image } = landLate(request);
  Object.assign(shelf.bench.cloud.state.images[image] ?? {}, { name: "saved by its owner" });
  shelf.bench.clock.advance(dayMs + 3_600_000);
  await sweep();
  expect(shelf.isThere(image)).toBe(true);
});

test("leftovers of a request whose delegation was taken away are swept once there is a staff credential; the lock too", async () => {
  shelf = await openShelf({ staff: false });
  const { bench } = shelf;
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  await bench.drive(body.id, ({ learned }) => learned.capture !== undefined);
  const headers = { "x-auth-token": await bench.token("alice") };
  for (const id of Object.keys(bench.cloud.state.trusts)) {
    await fetch(`${bench.cloud.authUrl}/OS-TRUST/trusts/${id}`, { method: "DELETE", headers });
  }
  bench.clock.advance(301_000); // for so long Nova believes a token that it has seen
  const request = await bench.drive(body.id);
  expect(request.end?.status).toBe("failed");
  const left = Object.values(bench.cloud.state.images).filter(({ name }) => name?.startsWith("darkroom-"));
  expect(left).toHaveLength(1);
  const server = bench.cloud.state.servers[request.server.id];
  expect(server?.lockedBy).not.toBeNull();
  expect(await sweep()).toMatchObject({ looked: 0, held: expect.stringContaining("staffCloud") });

  const { connect, readCloudConfig } = await import("../../lib/openstack/index.ts");
  const staff = connect(readCloudConfig("admin", { text: bench.cloud.cloudsYaml(), env: {} }));
  bench.clock.advance(2 * dayMs);
  const report = await sweepOrphans(bench.runtime, { ...shelf.provider, staff }, run);
  await staff.close();
  expect(report.removed.map(({ kind }) => kind).sort()).toEqual(["image", "lock"]);
  expect(shelf.isThere(left[0]?.id ?? "")).toBe(false);
  expect(bench.cloud.state.servers[request.server.id]?.lockedBy).toBeNull();
});

test("a lost call for our lock that landed after its entry was struck is taken off; one of an administrator's with our reason on it stays", async () => {
  shelf = await openShelf();
  const { state, ids } = shelf.bench.cloud;
  const request = await ended();
  const mark = request.ledger.find(({ kind }) => kind === "lock")?.mark;
  const server = state.servers[request.server.id];
  if (!server || !mark) throw new Error("nothing to lock");
  Object.assign(server, { lockedBy: "owner", lockedReason: `… [${mark}]` });
  const ours = server.actions.findLast(({ action }) => action === "lock");
  if (!ours) throw new Error("Nova did not record the lock");
  server.actions.push({ ...ours, requestId: `req-${randomUUID()}`, userId: ids.user("admin") });
  shelf.bench.clock.advance(dayMs + 3_600_000);
  expect(await sweep()).toMatchObject({ looked: 1, removed: [], left: [] });
  expect(server.lockedBy).toBe("owner");

  server.actions.pop();
  const { enterAftercare } = await import("../../lib/requests/aftercare.ts");
  await enterAftercare(shelf.table, request, shelf.bench.clock.now());
  shelf.bench.clock.advance(dayMs + 3_600_000);
  expect((await sweep()).removed).toEqual([{ kind: "lock", id: request.server.id, requestId: request.id }]);
  expect(server.lockedBy).toBeNull();
});

test("a live request's things are nobody's orphans, however long it waits", async () => {
  shelf = await openShelf({ policy: { approvalDeadlineDays: 80 } });
  const { bench } = shelf;
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  const request = await bench.drive(body.id, ({ learned }) => learned.capture !== undefined);
  const { enterAftercare } = await import("../../lib/requests/aftercare.ts");
  await enterAftercare(shelf.table, request, bench.clock.now());
  bench.clock.advance(3 * dayMs);
  expect(await sweep()).toMatchObject({ looked: 0, removed: [] });
  expect(shelf.isThere(request.learned.capture?.snapshotId ?? "")).toBe(true);
});

test("nothing is removed while the sweeps are held", async () => {
  shelf = await openShelf();
  const request = await ended();
  const { image } = landLate(request);
  await openTidyingStore(shelf.table).hold("simulated", { sinceMs: 0, why: "the table was put back" });
  shelf.bench.clock.advance(2 * dayMs);
  expect(await sweep()).toMatchObject({ removed: [], held: "the table was put back" });
  expect(shelf.isThere(image)).toBe(true);
});

function bootGenomeFrom(imageId: string): void {
  const server = shelf.bench.cloud.state.servers[shelf.bench.cloud.ids.server("genome-1")];
  if (server) server.imageId = imageId;
}
