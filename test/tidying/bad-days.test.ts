// Clouds, clocks and runs that go wrong: not knowing is never "unused".
import type { Fault } from "../../infra/simulated-openstack/index.ts";
import { always } from "../../lib/aws/condition.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { type SweepReport, sweepProvider } from "../../lib/tidying/sweep.ts";
import { bootFrom, dayMs, openShelf, type Shelf, snapshotOf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

const quick = { tellDays: 1, hideDays: 1 };

/** A shelf on which the next pass would delete `old`. */
async function onTheDay(options: Parameters<typeof openShelf>[0] = {}) {
  shelf = await openShelf({ tidying: quick, limits: { attempts: 2 }, ...options });
  const id = shelf.put("old");
  await shelf.days(2);
  expect(shelf.isHidden(id)).toBe(true);
  shelf.bench.clock.advance(dayMs);
  return id;
}

const lists = {
  servers: { service: "compute", path: /servers\/detail/ },
  volumes: { service: "volume", path: /volumes\/detail/ },
  images: { service: "image", path: /v2\/images\?/ },
} as const;

describe("a list that is not whole", () => {
  const answers: [string, Omit<Fault, "when">][] = [
    ["fails", { answer: { status: 500 } }],
    ["ends half-way", { answer: { cut: "length" } }],
    ["ends half-way in chunks", { answer: { cut: "chunked" } }],
    ["is half of its JSON", { answer: { shape: "half" } }],
    ["is a page of a proxy", { answer: { shape: "page" } }],
    ["is JSON of something else", { answer: { shape: "other" } }],
    ["never comes", { answer: "reset" }],
    ["is forbidden", { answer: { status: 403, body: { forbidden: { message: "no", code: 403 } } } }],
  ];
  const cells = (["servers", "volumes"] as const).flatMap((list) =>
    answers.map((answer) => [list, ...answer] as const),
  );
  test.each(cells)(
    "of %s that %s: nothing is deleted; when it is whole again, the pass goes on",
    async (list, _how, fault) => {
      const id = await onTheDay();
      const placed = shelf.bench.cloud.faults.add({ ...lists[list], when: "before", ...fault });
      const report = await shelf.run();
      expect(placed.hits).toBeGreaterThan(0);
      expect([report.outcome, shelf.isThere(id)]).toEqual(["failed", true]);
      placed.remove();
      expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { deleted: 1 } });
      expect(shelf.isThere(id)).toBe(false);
    },
  );

  test("the second page of servers fails: the server on it keeps its image", async () => {
    const id = await onTheDay();
    bootFrom(shelf.bench, "genome-1", id);
    const { state } = shelf.bench.cloud;
    const pattern = Object.values(state.servers)[0];
    // So many newer servers that the one in question stands on the second page.
    for (let each = 0; each < 1000; each++) {
      const server = {
        ...structuredClone(pattern),
        id: `f0000000-0000-4000-8000-${String(each).padStart(12, "0")}`,
        createdAt: shelf.bench.clock.now(),
      };
      state.servers[server.id] = server as never;
    }
    const placed = shelf.bench.cloud.faults.add({
      service: "compute",
      path: /marker=/,
      when: "before",
      answer: { status: 500 },
    });
    expect((await shelf.run()).outcome).toBe("failed");
    placed.remove();
    expect(await shelf.run()).toMatchObject({ outcome: "ended" });
    expect([shelf.isThere(id), shelf.isHidden(id)]).toEqual([true, false]);
  });

  test("a server of a cell that does not answer: what it uses is not known, so nothing goes", async () => {
    const id = await onTheDay();
    const body = {
      servers: [
        {
          id: shelf.bench.cloud.ids.server("genome-1"),
          status: "UNKNOWN",
          tenant_id: "x",
          created: "2026-01-01T00:00:00Z",
          links: [],
        },
      ],
    };
    const placed = shelf.bench.cloud.faults.add({ ...lists.servers, when: "before", answer: { status: 200, body } });
    expect((await shelf.run()).outcome).toBe("failed");
    expect([placed.hits > 0, shelf.isThere(id)]).toEqual([true, true]);
  });

  test("Cinder shows a staff credential that is no administrator's only its own volumes, silently: nothing goes", async () => {
    const id = await onTheDay();
    shelf.bench.cloud.faults.add({ ...lists.volumes, when: "before", answer: { status: 200, body: { volumes: [] } } });
    const token = await shelf.provider.staff?.token();
    for (const role of token?.roles ?? []) if (role.name === "admin") role.name = "cloud-reader";
    const report = await shelf.run();
    expect(report).toMatchObject({
      outcome: "failed",
      why: expect.stringContaining("Cinder shows it no other project's volumes"),
    });
    expect(shelf.isThere(id)).toBe(true);
  });
});

describe("used between the plan and the deletion", () => {
  const meanwhile: [string, (id: string) => void][] = [
    ["a server is booted from it", (id) => bootFrom(shelf.bench, "genome-1", id)],
    ["it is protected", (id) => Object.assign(shelf.bench.cloud.state.images[id] ?? {}, { protected: true })],
    ["it is tagged to keep", (id) => shelf.bench.cloud.state.images[id]?.tags.push("keep")],
    ["it is shown again", (id) => Object.assign(shelf.bench.cloud.state.images[id] ?? {}, { hidden: false })],
    [
      "the server that it was made of is shelved",
      (id) => {
        const image = shelf.bench.cloud.state.images[id];
        if (image) image.properties.instance_uuid = shelf.bench.cloud.ids.server("shelved-1");
      },
    ],
  ];
  test.each(meanwhile)("%s: it stays", async (_what, change) => {
    const id = await onTheDay();
    // Right after the page of images was read, and before the image is looked at once more.
    let changed = false;
    const { calls } = shelf.bench.cloud;
    const push = calls.push.bind(calls);
    calls.push = (...logged) => {
      if (!changed && logged.some(({ path }) => /v2\/images\?.*os_hidden=true/.test(path))) {
        changed = true;
        change(id);
      }
      return push(...logged);
    };
    const report = await shelf.run();
    expect(changed).toBe(true);
    expect([report.outcome, shelf.isThere(id)]).toEqual(["ended", true]);
    expect(report.done).not.toHaveProperty("deleted");
  });
});

describe("clocks that differ", () => {
  test.each([-400, -1, 5, 400])(
    "ours jumps by %i days: nothing is deleted before an operator has looked",
    async (days) => {
      shelf = await openShelf({ tidying: quick });
      const ids = [shelf.put("old"), shelf.put("young", { ageDays: 10 })];
      await shelf.days(2);
      const jumped = { ...shelf.bench.runtime, clock: { now: () => shelf.bench.clock.now() + days * dayMs } };
      const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell: async () => true };
      const report = await sweepProvider(jumped, shelf.provider, run);
      expect(report).toMatchObject({ outcome: "ended", held: expect.stringContaining("the clock is wrong") });
      expect(ids.map(shelf.isThere)).toEqual([true, true]);
    },
  );

  test.each([-2, 2])(
    "the cloud's clock is %i hours off: what is fresh stays, what is due goes a little earlier or later",
    async (hours) => {
      shelf = await openShelf({ tidying: quick });
      const off = hours / 24;
      const ids = [
        shelf.put("fresh", { ageDays: 170 + off }),
        shelf.put("of-the-future", { ageDays: off - 1 }),
        shelf.put("old", { ageDays: 190 + off }),
      ];
      await shelf.days(4);
      expect(ids.map(shelf.isThere)).toEqual([true, true, false]);
    },
  );

  test("a table that was put back after a week: nothing is deleted until somebody has looked, and everybody is told anew", async () => {
    const id = await onTheDay();
    shelf.bench.clock.advance(7 * dayMs);
    const report = await shelf.run();
    expect(report).toMatchObject({
      outcome: "ended",
      held: expect.stringContaining("the table may be an old one"),
      done: { told: 1 },
    });
    expect([shelf.isThere(id), shelf.isHidden(id)]).toEqual([true, false]);
    await shelf.days(5);
    expect([shelf.isThere(id), shelf.isHidden(id)]).toEqual([true, true]);
    await release();
    await shelf.days(1);
    expect(shelf.isThere(id)).toBe(false);
  });

  test("somebody looked before the first sweep met the old table: it does not hold for what they have seen", async () => {
    await onTheDay();
    shelf.bench.clock.advance(7 * dayMs);
    await release();
    const [report] = await shelf.days(1);
    expect(report).toMatchObject({ outcome: "ended", done: { told: 1 } });
    expect(report?.held).toBeUndefined();
  });
});

describe("runs", () => {
  test("two at once: one of them does the work, each image is told and deleted once", async () => {
    await onTheDay();
    for (const name of ["b", "c"]) shelf.put(name);
    const reports = await Promise.all([shelf.run(), shelf.run(), shelf.run()]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(["busy", "busy", "ended"]);
    expect(shelf.told.filter(({ kind }) => kind === "deleted")).toHaveLength(1);
  });

  test("two at once although the lease is lost: what one has claimed the other leaves alone", async () => {
    const id = await onTheDay();
    let second: SweepReport | undefined;
    shelf.atStage("deleting", "after", async () => {
      await shelf.table.update("sweep#simulated", { lease: undefined }, always);
      second = await shelf.run();
    });
    const first = await shelf.run();
    expect(first).toMatchObject({ outcome: "failed", why: "another run has taken over" });
    expect(second).toMatchObject({ outcome: "ended", done: { "another-run": 1 } });
    expect(shelf.isThere(id)).toBe(false);
    expect(shelf.told.filter(({ kind }) => kind === "deleted")).toHaveLength(1);
  });

  test("killed at any call to the cloud: the runs after it bring the shelf to the same end, and nothing in use goes", async () => {
    for (let killedAt = 1; killedAt <= 30; killedAt += 1) {
      shelf = await openShelf({ tidying: quick, limits: { attempts: 1 } });
      const old = shelf.put("old");
      const used = shelf.put("used");
      bootFrom(shelf.bench, "genome-1", used);
      await shelf.days(2);
      shelf.bench.clock.advance(dayMs);
      const killed = new AbortController();
      let calls = 0;
      const { calls: logged } = shelf.bench.cloud;
      const push = logged.push.bind(logged);
      logged.push = (...each) => {
        calls += 1;
        if (calls === killedAt) killed.abort();
        return push(...each);
      };
      await shelf.run({ signal: killed.signal }).catch(() => undefined);
      const reached = calls >= killedAt;
      await shelf.days(1);
      await shelf.days(1);
      expect([killedAt, shelf.isThere(old), shelf.isThere(used), shelf.isHidden(used)]).toEqual([
        killedAt,
        false,
        true,
        false,
      ]);
      const { deletions } = await openTidyingStore(shelf.table).listDeletions("simulated", 10);
      expect(deletions.map(({ thingId, state }) => [thingId, state])).toEqual([[old, "done"]]);
      expect([...shelf.table.items.keys()].filter((key) => key.startsWith("tidying#"))).toEqual([]);
      await shelf.close();
      if (!reached) return;
    }
  });

  test("whose time runs out: the next run goes on where it stopped, and every image is looked at once", async () => {
    shelf = await openShelf({ tidying: quick });
    const { state } = shelf.bench.cloud;
    const before = Object.keys(state.images).length;
    for (let each = 0; each < 2500; each++) shelf.put(`many-${each}`, { protected: true });
    shelf.bench.clock.advance(dayMs);
    // Time for one page a run.
    const once = () => {
      let asked = 0;
      return shelf.run({ remainingMs: () => (asked++ < 2 ? 900_000 : 0) });
    };
    const reports = [];
    for (let run = 0; run < 10; run++) {
      reports.push(await once());
      if (reports.at(-1)?.outcome === "ended") break;
    }
    expect(reports.map(({ looked, outcome }) => `${outcome} ${looked}`)).toEqual([
      "paused 1000",
      "paused 1000",
      `paused ${500 + before}`,
      "paused 0",
      "ended 0",
    ]);
  });

  test("429 is waited for as long as the cloud says; where that is too long, the next run goes on", async () => {
    const id = await onTheDay();
    const short = shelf.bench.cloud.faults.add({
      ...lists.servers,
      times: 1,
      when: "before",
      answer: { error: 429, retryAfter: { seconds: 2 } },
    });
    const startedAt = shelf.bench.clock.now();
    expect((await shelf.run()).outcome).toBe("ended");
    expect(short.hits).toBe(1);
    expect(shelf.bench.clock.now() - startedAt).toBeGreaterThanOrEqual(2000);
    expect(shelf.isThere(id)).toBe(false);
    const long = shelf.bench.cloud.faults.add({
      ...lists.servers,
      when: "before",
      answer: { error: 429, retryAfter: { seconds: 600 } },
    });
    shelf.bench.clock.advance(dayMs);
    expect((await shelf.run()).outcome).toBe("failed");
    expect(long.hits).toBe(1);
  });

  test("a deletion whose answer was lost is on record, and closed by the next run", async () => {
    const id = await onTheDay({ limits: { attempts: 1 } });
    const lost = shelf.bench.cloud.faults.add({
      service: "image",
      method: "DELETE",
      times: 1,
      when: "after",
      answer: "reset",
    });
    expect((await shelf.run()).outcome).toBe("failed");
    lost.remove();
    const store = openTidyingStore(shelf.table);
    expect((await store.listDeletions("simulated", 5)).deletions).toMatchObject([{ thingId: id, state: "begun" }]);
    expect((await shelf.run()).outcome).toBe("ended");
    expect((await store.listDeletions("simulated", 5)).deletions).toMatchObject([{ thingId: id, state: "done" }]);
  });

  test("an image that the cloud refuses to delete or to hide is left, counted, and stops nobody else", async () => {
    const id = await onTheDay();
    const other = shelf.put("other", { properties: snapshotOf("gone") });
    const refused = shelf.bench.cloud.faults.add({
      service: "image",
      method: "DELETE",
      path: new RegExp(id),
      when: "before",
      answer: { error: 409, message: "in use" },
    });
    const report = await shelf.run();
    expect(report).toMatchObject({ outcome: "ended", done: { refused: 1, told: 1 } });
    refused.remove();
    await shelf.days(1);
    expect([shelf.isThere(id), shelf.isThere(other)]).toEqual([false, true]);
    expect((await openTidyingStore(shelf.table).listDeletions("simulated", 5)).deletions).toHaveLength(1);
  });

  test("the image at which the last page ended is gone: the list is read anew", async () => {
    shelf = await openShelf({ tidying: quick });
    const id = shelf.put("old");
    await shelf.table.update(
      "sweep#simulated",
      {
        pass: "p",
        passBeganAtMs: shelf.bench.clock.now(),
        place: { part: "shown", after: "aaaaaaaa-0000-4000-8000-00000000dead" },
        deleted: 0,
      },
      always,
    );
    expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { told: 1 } });
    expect(shelf.told[0]?.image.id).toBe(id);
  });

  test("a notice that cannot be published: its stage is not reached", async () => {
    shelf = await openShelf({ tidying: quick });
    const id = shelf.put("old");
    for (let day = 0; day < 5; day++) {
      shelf.bench.clock.advance(dayMs);
      await shelf.run({ tell: async () => Promise.reject(new Error("no table")) }).catch(() => undefined);
    }
    expect([shelf.isThere(id), shelf.isHidden(id)]).toEqual([true, false]);
  });
});

const release = () => openTidyingStore(shelf.table).release("simulated", shelf.bench.clock.now());
