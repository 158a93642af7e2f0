// A shelf day by day: told, hidden, deleted; and everything that is in use, or that somebody wants, stays.
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { asking, imageOf } from "../chain/bench.ts";
import { bootFrom, dayMs, openShelf, type Shelf, snapshotOf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

/** The rows of a mixed shelf: what it is, and whether it is there after the days of telling and hiding. */
const rows: [what: string, stays: boolean, put: (shelf: Shelf) => string][] = [
  ["old and unused", false, ({ put }) => put("old-and-unused")],
  ["old and unused, shared with another project", false, ({ put }) => put("shared", { visibility: "shared" })],
  ["old and unused, hidden by its owner before", false, ({ put }) => put("hidden-before", { hidden: true })],
  ["of bob's project", false, ({ put, bench }) => put("bobs", { owner: bench.cloud.ids.project("bio-lab") })],
  [
    "its owner's date is over, no snapshot",
    false,
    ({ put }) => {
      const id = "aaaaaaaa-0000-4000-8000-000000000001";
      const properties = { darkroom_expires_at: "2026-01-01T00:00:00.000Z", darkroom_expiry_of: id };
      return put("expired", { id, properties });
    },
  ],
  [
    "the date was copied from the image that its server was booted from",
    true,
    ({ put }) =>
      put("inherits-a-date", {
        ageDays: 2,
        properties: snapshotOf("gone", { darkroom_expires_at: "2026-01-01T00:00:00.000Z", darkroom_expiry_of: "base" }),
      }),
  ],
  [
    "the only disk of a shelved server",
    true,
    ({ put, bench }) => put("shelved", { properties: snapshotOf(bench.cloud.ids.server("shelved-1")) }),
  ],
  [
    "of a server that is at work",
    true,
    ({ put, bench }) => put("at-work", { properties: snapshotOf(bench.cloud.ids.server("busy-1")) }),
  ],
  [
    "of a server that is at rest",
    false,
    ({ put, bench }) => put("at-rest", { properties: snapshotOf(bench.cloud.ids.server("stopped-1")) }),
  ],
  [
    "base of a server of another project",
    true,
    ({ put, bench }) => {
      const id = put("base");
      bootFrom(bench, "genome-1", id);
      return id;
    },
  ],
  [
    "base of a volume of another project",
    true,
    ({ put, bench }) => {
      const id = put("volume-base");
      const volume = bench.cloud.state.volumes[bench.cloud.ids.volume("spare")];
      if (!volume) throw new Error("no volume");
      volume.projectId = bench.cloud.ids.project("bio-lab");
      volume.imageMetadata = { image_id: id };
      return id;
    },
  ],
  [
    "base of a server that its owner deleted and can have restored",
    true,
    ({ put, bench }) => {
      const id = put("restorable-base");
      const server = bench.cloud.state.servers[bench.cloud.ids.server("no-agent-1")];
      Object.assign(server ?? {}, { imageId: id, vmState: "soft-delete", updatedAt: bench.clock.now() });
      return id;
    },
  ],
  ["protected", true, ({ put }) => put("protected", { protected: true })],
  ["tagged to keep", true, ({ put }) => put("tagged", { tags: ["keep"] })],
  ["fresh", true, ({ put }) => put("fresh", { ageDays: 60 })],
  ["deactivated", true, ({ put }) => put("deactivated", { status: "deactivated" })],
  ["uploaded by somebody", true, ({ put }) => put("uploaded", { properties: { os_distro: "debian" } })],
  [
    "for volume snapshots",
    true,
    ({ put }) => put("of-volumes", { properties: snapshotOf("gone", { block_device_mapping: "[]" }) }),
  ],
];

test("a mixed shelf after its days: what is in use, wanted or young stays, what nobody needs is gone", async () => {
  shelf = await openShelf({ tidying: { tellDays: 2, hideDays: 2 } });
  const before = Object.keys(shelf.bench.cloud.state.images);
  const put = rows.map(([what, stays, make]) => ({ what, stays, id: make(shelf) }));
  const reports = await shelf.days(7);
  const expected = put.map(({ what, stays }) => `${what}: ${stays ? "stays" : "gone"}`);
  expect(put.map(({ what, id }) => `${what}: ${shelf.isThere(id) ? "stays" : "gone"}`)).toEqual(expected);
  expect(before.filter((id) => !shelf.isThere(id))).toEqual([]);
  expect(reports.every(({ outcome }) => outcome === "ended")).toBe(true);
  const gone = put.filter(({ stays }) => !stays).length;
  const { deletions } = await openTidyingStore(shelf.table).listDeletions("simulated", 100);
  expect(deletions).toHaveLength(gone);
  expect(deletions.find(({ name }) => name === "old-and-unused")).toMatchObject({
    kind: "image",
    owner: shelf.bench.cloud.ids.project("astro-lab"),
    sizeBytes: 300 * 2 ** 20,
    hash: { algo: "sha512", value: expect.stringMatching(/^[0-9a-f]{128}$/) },
    reason: "unused",
    why: expect.stringContaining("no server and no volume uses"),
    state: "done",
  });
  expect(shelf.told.filter(({ kind }) => kind === "deleted")).toHaveLength(gone);
});

test("told on the first day, hidden after the policy's days, deleted after as many more, each with its date", async () => {
  shelf = await openShelf({ tidying: { tellDays: 5, hideDays: 3 } });
  const id = shelf.put("old");
  const seen: string[] = [];
  for (let day = 1; day <= 12 && shelf.isThere(id); day++) {
    await shelf.days(1);
    const state = !shelf.isThere(id) ? "gone" : shelf.isHidden(id) ? "hidden" : "shown";
    seen.push(
      `${day} ${state} ${shelf.told
        .filter(({ image }) => image.id === id)
        .map(({ kind }) => kind)
        .join(" ")}`,
    );
  }
  expect(seen).toEqual([
    "1 shown told",
    "2 shown told",
    "3 shown told",
    "4 shown told",
    "5 shown told",
    "6 hidden told hidden",
    "7 hidden told hidden",
    "8 hidden told hidden",
    "9 gone told hidden deleted",
  ]);
  const [first] = shelf.told;
  expect(first).toMatchObject({ howToKeep: expect.stringContaining(`POST /v1/images/${id}/keep`) });
  expect((first?.deleteAtMs ?? 0) - (first?.hideAtMs ?? 0)).toBe(3 * dayMs);
});

test("used again while it is hidden: shown again, and forgotten", async () => {
  shelf = await openShelf({ tidying: { tellDays: 2, hideDays: 20 } });
  const id = shelf.put("old");
  await shelf.days(4);
  expect(shelf.isHidden(id)).toBe(true);
  bootFrom(shelf.bench, "genome-1", id);
  const [report] = await shelf.days(1);
  expect(shelf.isHidden(id)).toBe(false);
  expect(report?.done).toMatchObject({ "given-back": 1 });
  expect([...shelf.table.items.keys()].filter((key) => key.startsWith("tidying#"))).toEqual([]);
});

test("shown again by hand: as good as a word, for as long as a snapshot may be unused", async () => {
  shelf = await openShelf({ tidying: { tellDays: 2, hideDays: 2, snapshotsUnusedDays: 6 } });
  const id = shelf.put("old");
  await shelf.days(4);
  const image = shelf.bench.cloud.state.images[id];
  if (!image) throw new Error("gone");
  image.hidden = false;
  await shelf.days(5);
  expect([shelf.isThere(id), shelf.isHidden(id)]).toEqual([true, false]);
  await shelf.days(7);
  expect(shelf.isThere(id)).toBe(false);
});

test("an owner's own hiding is not undone", async () => {
  shelf = await openShelf({ tidying: { tellDays: 2, hideDays: 20 } });
  const id = shelf.put("old", { hidden: true });
  await shelf.days(5);
  bootFrom(shelf.bench, "genome-1", id);
  await shelf.days(2);
  expect(shelf.isHidden(id)).toBe(true);
});

test("switched off: nothing is looked at, and what was hidden is shown again", async () => {
  shelf = await openShelf({ tidying: { tellDays: 2, hideDays: 2 } });
  const id = shelf.put("old");
  await shelf.days(3);
  expect(shelf.isHidden(id)).toBe(true);
  const off = {
    ...shelf.provider,
    policy: { ...shelf.provider.policy, tidying: { ...shelf.provider.policy.tidying, enabled: false } },
  };
  shelf.bench.clock.advance(dayMs);
  const { sweepProvider } = await import("../../lib/tidying/sweep.ts");
  const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell: async () => true };
  expect(await sweepProvider(shelf.bench.runtime, off, run)).toMatchObject({
    outcome: "ended",
    looked: 0,
    done: { "given-back": 1 },
  });
  expect([shelf.isThere(id), shelf.isHidden(id)]).toEqual([true, false]);
});

test("off by default: a policy that says nothing touches nothing", async () => {
  shelf = await openShelf({ policy: { tidying: {} } });
  const id = shelf.put("old");
  await shelf.days(40);
  expect([shelf.isThere(id), shelf.isHidden(id), shelf.told.length]).toEqual([true, false, 0]);
});

test("without the staff credential only our own project's private images are swept, and the report says so", async () => {
  shelf = await openShelf({ staff: false, tidying: { tellDays: 1, hideDays: 1 } });
  const owner = shelf.bench.cloud.ids.project("imaging");
  const ids = {
    own: shelf.put("own", { owner }),
    ownShared: shelf.put("own-shared", { owner, visibility: "shared" }),
    alices: shelf.put("alices"),
  };
  const reports = await shelf.days(4);
  expect(Object.values(ids).map(shelf.isThere)).toEqual([false, true, true]);
  expect(reports[0]).toMatchObject({ seesAllProjects: false, looked: 2, kept: { "others-may-use-it": 1 } });
});

test("no more deletions in one pass than the policy allows; the rest the day after", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1, deletionsPerPass: 2 } });
  const ids = ["a", "b", "c", "d", "e"].map((name) => shelf.put(name));
  const left = () => ids.filter(shelf.isThere).length;
  await shelf.days(2);
  const counts: number[] = [];
  for (let day = 0; day < 4; day++) {
    await shelf.days(1);
    counts.push(left());
  }
  expect(counts).toEqual([3, 1, 0, 0]);
});

test("versions of Darkroom's own: the newest of a name stays however old, older ones go; a copy of their properties makes nobody the newest", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1 } });
  const { bench } = shelf;
  const make = async (version: string) => {
    const body = asking(bench, { name: "course", version: { name: version, changeLog: "x" } });
    const answer = await bench.call("create-image-request", "alice", { body });
    return imageOf(bench, await bench.drive(answer.body.id));
  };
  const [older, newer] = [await make("1"), await make("2")];
  // A year later somebody's own snapshot of a server of the older one is called the same.
  bench.clock.advance(365 * dayMs);
  const copy = shelf.put("course", { ageDays: 0, properties: snapshotOf("gone", { ...older.properties }) });
  await shelf.days(5);
  expect([older.id, newer.id, copy].map(shelf.isThere)).toEqual([false, true, true]);
  expect(shelf.told.filter(({ image }) => image.id === newer.id)).toEqual([]);
});
