// Clouds, clocks and runs that go wrong: not knowing is never "unused".
import type { Fault } from "../../infra/simulated-openstack/index.ts";
import { always } from "../../lib/aws/condition.ts";
import { openTidyingStore } from "../../lib/tidying/store.ts";
import { type SweepReport, sweepProvider } from "../../lib/tidying/sweep.ts";
import { plainAsk } from "../contract/plain-ask.ts";
import { bootFrom, dayMs, hourMs, openShelf, type Shelf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

const quick = { tellDays: 1, hideDays: 1 };

/** A shelf on which the next pass puts `old` out of use. */
async function onTheDay(options: Parameters<typeof openShelf>[0] = {}) {
  shelf = await openShelf({ tidying: quick, limits: { attempts: 2 }, ...options });
  const id = shelf.put("old");
  await shelf.days(2);
  expect([shelf.isHidden(id), shelf.isOut(id)]).toEqual([true, false]);
  shelf.bench.clock.advance(dayMs - hourMs);
  return id;
}

/** A shelf on which the next run deletes `old`. */
async function atTheLastLook(options: Parameters<typeof openShelf>[0] = {}) {
  const id = await onTheDay(options);
  expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { deactivated: 1 } });
  expect([shelf.isThere(id), shelf.isOut(id)]).toEqual([true, true]);
  shelf.bench.clock.advance(hourMs);
  return id;
}

/** Of an image: is it there, hidden, out of use? */
const now = (id: string) => [shelf.isThere(id), shelf.isHidden(id), shelf.isOut(id)];
const backOnTheShelf = [true, false, false];

/** Does something in the moment in which the cloud is asked something. */
function atCall(wanted: RegExp, act: () => void): () => boolean {
  let done = false;
  const { calls } = shelf.bench.cloud;
  const record = calls.record.bind(calls);
  calls.record = (call) => {
    record(call);
    if (done || !wanted.test(`${call.method} ${call.path}`)) return;
    done = true;
    act();
  };
  return () => done;
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
      const id = await atTheLastLook();
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
    const id = await atTheLastLook();
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
    const id = await atTheLastLook();
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
    const id = await atTheLastLook();
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

/** What happens to an image that is on its last day. */
const meanwhile: [string, (id: string) => void][] = [
  ["a server was booted from it", (id) => bootFrom(shelf.bench, "genome-1", id)],
  [
    "a server of it was deleted, and can be restored",
    (id) => {
      bootFrom(shelf.bench, "genome-1", id);
      const server = shelf.bench.cloud.state.servers[shelf.bench.cloud.ids.server("genome-1")];
      Object.assign(server ?? {}, { vmState: "soft-delete", updatedAt: shelf.bench.clock.now() });
    },
  ],
  [
    "a volume was made of it",
    (id) => {
      const volume = shelf.bench.cloud.state.volumes[shelf.bench.cloud.ids.volume("spare")];
      Object.assign(volume ?? {}, { imageMetadata: { image_id: id } });
    },
  ],
  [
    "a volume is being made, nobody knows of which image",
    (id) => {
      const { state, ids } = shelf.bench.cloud;
      const volume = state.volumes[ids.volume("spare")];
      const { owner } = state.images[id] ?? {};
      const createdAt = shelf.bench.clock.now();
      Object.assign(volume ?? {}, { status: "creating", imageMetadata: null, projectId: owner, createdAt });
    },
  ],
  ["it is protected", (id) => Object.assign(shelf.bench.cloud.state.images[id] ?? {}, { protected: true })],
  ["it is tagged to keep", (id) => shelf.bench.cloud.state.images[id]?.tags.push("keep")],
  [
    "the server that it was made of is shelved",
    (id) => {
      const image = shelf.bench.cloud.state.images[id];
      if (image) image.properties.instance_uuid = shelf.bench.cloud.ids.server("shelved-1");
    },
  ],
];

describe("used, or wanted, once it is out of use", () => {
  test.each(meanwhile)("%s: the last look gives it back, in use and shown", async (_what, change) => {
    const id = await atTheLastLook();
    change(id);
    expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { "given-back": 1 } });
    expect(now(id)).toEqual(backOnTheShelf);
    expect([...shelf.table.items.keys()].filter((key) => key.startsWith("tidying#"))).toEqual([]);
  });

  const words: [string, Record<string, unknown>][] = [
    ["shown again by hand", { hidden: false }],
    ["put back into use by hand", { status: "active" }],
    ["both", { hidden: false, status: "active" }],
  ];
  test.each(words)("%s: a word to keep, and everything of ours is taken back", async (_what, change) => {
    const id = await atTheLastLook();
    Object.assign(shelf.bench.cloud.state.images[id] ?? {}, change);
    expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { kept: 1 } });
    expect(now(id)).toEqual(backOnTheShelf);
    await shelf.days(6);
    expect(now(id)).toEqual(backOnTheShelf);
  });

  const duringTheRun: [string, Record<string, unknown>][] = [
    ["protected", { protected: true }],
    ["tagged to keep", { tags: ["keep"] }],
    ...words,
  ];
  test.each(duringTheRun)(
    "%s after the survey, in the very run that would delete it: it stays",
    async (_what, change) => {
      const id = await atTheLastLook();
      const done = atCall(/GET .*servers.detail/, () =>
        Object.assign(shelf.bench.cloud.state.images[id] ?? {}, change),
      );
      const report = await shelf.run();
      expect([done(), report.outcome]).toEqual([true, "ended"]);
      expect(now(id)).toEqual(backOnTheShelf);
    },
  );

  test("its owner set a later day: in use again, hidden still, and it goes on that day", async () => {
    const id = await atTheLastLook();
    const { properties } = shelf.bench.cloud.state.images[id] ?? { properties: {} };
    const date = new Date(shelf.bench.clock.now() + 0.9 * dayMs).toISOString();
    Object.assign(properties, { darkroom_expires_at: date, darkroom_expiry_of: id });
    await shelf.run();
    expect(now(id)).toEqual([true, true, false]);
    await shelf.days(2);
    expect(shelf.isThere(id)).toBe(false);
  });
});

describe("put out of use", () => {
  test("nothing that begins to need it in whatever moment loses it: it is refused, or the image stays", async () => {
    const seen = new Set<string>();
    for (let moment = 1; moment <= 60; moment += 1) {
      const id = await onTheDay();
      const { staff } = shelf.provider;
      if (!staff) throw new Error("no staff credential");
      const ask = plainAsk(staff);
      const flavors = Object.values(shelf.bench.cloud.state.flavors);
      const flavorRef = flavors.sort((a, b) => b.diskGib - a.diskGib)[0]?.id;
      let left = moment;
      const begun: Promise<{ status: number }>[] = [];
      const { calls } = shelf.bench.cloud;
      const record = calls.record.bind(calls);
      calls.record = (call) => {
        record(call);
        left -= 1;
        if (left <= 0 && begun.length === 0) {
          const server = { name: "late", flavorRef, imageRef: id, networks: "none" };
          const headers = { "openstack-api-version": "compute 2.73" };
          begun.push(ask("compute", "POST", "/servers", { body: { server }, headers }));
          begun.push(ask("volumev3", "POST", "/volumes", { body: { volume: { size: 1, imageRef: id } } }));
        }
      };
      await shelf.run();
      shelf.bench.clock.advance(hourMs);
      await shelf.run();
      const reached = left <= 0;
      const answers = (await Promise.all(begun)).map(({ status }) => status);
      await shelf.days(2);
      const { servers, volumes } = shelf.bench.cloud.state;
      const needed =
        Object.values(servers).some(({ imageId }) => imageId === id) ||
        Object.values(volumes).some(({ imageMetadata }) => imageMetadata?.image_id === id);
      expect([moment, needed, shelf.isThere(id)]).toEqual([moment, needed, needed]);
      if (needed) expect(now(id)).toEqual(backOnTheShelf);
      expect([moment, needed, answers]).toEqual([moment, answers.includes(202), answers]);
      seen.add(answers.join(" "));
      await shelf.close();
      if (!reached) break;
    }
    // Before it was out of use, and after.
    expect([...seen]).toEqual(expect.arrayContaining(["202 202", "400 400"]));
  });

  test("the moment after is too early to look: no run deletes it in the ten minutes after", async () => {
    const id = await onTheDay();
    await shelf.run();
    for (const minutes of [0, 5, 4]) {
      shelf.bench.clock.advance(minutes * 60_000);
      expect((await shelf.run()).outcome).toBe("not-due");
    }
    shelf.bench.clock.advance(60_000);
    expect(await shelf.run()).toMatchObject({ outcome: "ended", looked: 0, done: { deleted: 1 } });
    expect(shelf.isThere(id)).toBe(false);
  });

  test("a survey that began before counts for nothing, however long the run", async () => {
    const id = await onTheDay();
    // The run lasts: between its survey and its end an hour goes by.
    const late = atCall(/POST .*deactivate/, () => shelf.bench.clock.advance(hourMs));
    await shelf.run();
    expect([late(), ...now(id)]).toEqual([true, true, true, true]);
  });

  test("one survey serves all deletions of a run", async () => {
    shelf = await openShelf({ tidying: quick });
    for (let each = 0; each < 12; each++) shelf.put(`old-${each}`);
    await shelf.days(2);
    const { calls } = shelf.bench.cloud;
    const counted = async () => {
      calls.length = 0;
      const { done } = await shelf.run();
      const all = calls.map(({ method, path }) => `${method} ${path}`).filter((call) => !call.includes("/auth/"));
      const about = (wanted: RegExp) => all.filter((call) => wanted.test(call)).length;
      return {
        done,
        servers: about(/GET .*servers.detail/),
        volumes: about(/GET .*volumes.detail/),
        looks: about(/GET .*images.[0-9a-f]{8}-/),
        actions: about(/^(POST|DELETE|PATCH) /),
        all: all.length,
      };
    };
    shelf.bench.clock.advance(dayMs - hourMs);
    const pass = await counted();
    expect(pass).toEqual({ done: { deactivated: 12 }, servers: 3, volumes: 1, looks: 0, actions: 12, all: 18 });
    shelf.bench.clock.advance(hourMs);
    const last = await counted();
    expect(last).toEqual({ done: { deleted: 12 }, servers: 3, volumes: 1, looks: 12, actions: 12, all: 28 });
  });

  test("where the cloud does not let us, the image stays as it is, and it is reported", async () => {
    const id = await onTheDay();
    const forbidden = { error: 403, message: "You are not authorized to complete deactivate action." } as const;
    const path = /actions.deactivate/;
    shelf.bench.cloud.faults.add({ service: "image", path, when: "before", answer: forbidden });
    expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { refused: 1 } });
    await shelf.days(3);
    expect(now(id)).toEqual([true, true, false]);
  });

  test("a Glance that deletes with delay cannot delete what is out of use: it is in use again for the moment between", async () => {
    const id = await atTheLastLook();
    shelf.bench.cloud.state.policies.delayedDelete = true;
    expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { deleted: 1 } });
    expect(shelf.isThere(id)).toBe(false);
  });

  test("somebody else put it out of use: it is theirs, and neither deleted nor put back", async () => {
    const id = await onTheDay();
    Object.assign(shelf.bench.cloud.state.images[id] ?? {}, { status: "deactivated" });
    expect(await shelf.run()).toMatchObject({ kept: { "not-active": 1 }, done: { "given-back": 1 } });
    await shelf.days(6);
    expect(now(id)).toEqual([true, false, true]);
  });

  test("tidying is switched off: an hour later it is in use again, and shown", async () => {
    const id = await atTheLastLook();
    const { policy } = shelf.provider;
    const off = { ...shelf.provider, policy: { ...policy, tidying: { ...policy.tidying, enabled: false } } };
    const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell: async () => true };
    const report = await sweepProvider(shelf.bench.runtime, off, run);
    expect(report).toMatchObject({ outcome: "ended", looked: 0, done: { "given-back": 1 } });
    expect(now(id)).toEqual(backOnTheShelf);
  });

  test("held meanwhile: it stays as it is until an operator has looked; needed, it is given back all the same", async () => {
    const id = await atTheLastLook();
    const store = openTidyingStore(shelf.table);
    await store.hold("simulated", { sinceMs: shelf.bench.clock.now(), why: "an operator's word" });
    await shelf.run();
    await shelf.days(2);
    expect(now(id)).toEqual([true, true, true]);
    const kept = shelf.put("kept");
    await release();
    await shelf.days(1);
    expect([shelf.isThere(id), shelf.isThere(kept)]).toEqual([false, true]);
  });

  test("held meanwhile, and needed: given back", async () => {
    const id = await atTheLastLook();
    const store = openTidyingStore(shelf.table);
    await store.hold("simulated", { sinceMs: shelf.bench.clock.now(), why: "an operator's word" });
    bootFrom(shelf.bench, "genome-1", id);
    await shelf.run();
    expect(now(id)).toEqual(backOnTheShelf);
  });

  test("the cloud was away for days: its owner is told anew, and meanwhile it is in use and shown", async () => {
    const id = await atTheLastLook();
    shelf.bench.clock.advance(4 * dayMs);
    await release();
    expect(await shelf.run()).toMatchObject({ outcome: "ended", done: { told: 1 } });
    expect(now(id)).toEqual(backOnTheShelf);
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
    await atTheLastLook();
    for (const name of ["b", "c"]) shelf.put(name);
    const reports = await Promise.all([shelf.run(), shelf.run(), shelf.run()]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(["busy", "busy", "ended"]);
    expect(shelf.told.filter(({ kind }) => kind === "deleted")).toHaveLength(1);
  });

  test("two at once although the lease is lost: what one has claimed the other leaves alone", async () => {
    const id = await atTheLastLook();
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

  test.each([
    ["that puts it out of use", onTheDay],
    ["of the last look", atTheLastLook],
  ])(
    "the run %s is killed at any call to the cloud: the runs after it bring the shelf to the same end, and nothing in use goes",
    async (_which, begin) => {
      for (let killedAt = 1; killedAt <= 30; killedAt += 1) {
        const old = await begin({ limits: { attempts: 1 } });
        const used = shelf.put("used");
        bootFrom(shelf.bench, "genome-1", used);
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
        await shelf.days(2);
        expect([killedAt, shelf.isThere(old), ...now(used)]).toEqual([killedAt, false, ...backOnTheShelf]);
        const { deletions } = await openTidyingStore(shelf.table).listDeletions("simulated", 10);
        expect(deletions.map(({ thingId, state }) => [thingId, state])).toEqual([[old, "done"]]);
        expect([...shelf.table.items.keys()].filter((key) => key.startsWith("tidying#"))).toEqual([]);
        await shelf.close();
        if (!reached) return;
      }
    },
  );

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
    const id = await atTheLastLook();
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
    const id = await atTheLastLook({ limits: { attempts: 1 } });
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
    const id = await atTheLastLook();
    const other = atOnceDue("other");
    const refused = shelf.bench.cloud.faults.add({
      service: "image",
      method: "DELETE",
      path: new RegExp(id),
      when: "before",
      answer: { error: 409, message: "in use" },
    });
    const report = await shelf.run();
    expect(report).toMatchObject({ outcome: "ended", done: { refused: 1, deleted: 1 } });
    expect([...now(id), shelf.isThere(other)]).toEqual([true, true, false, false]);
    refused.remove();
    await shelf.days(1);
    expect(shelf.isThere(id)).toBe(false);
    expect((await openTidyingStore(shelf.table).listDeletions("simulated", 5)).deletions).toHaveLength(2);
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

/** Another image whose last look has come. */
function atOnceDue(name: string): string {
  const id = shelf.put(name, { hidden: true, status: "deactivated" });
  const [key, item] = [...shelf.table.items].find(([each]) => each.startsWith("tidying#")) ?? [];
  if (!key || !item) throw new Error("nothing is on its way out");
  const own = key.replace(/[^#]*$/, id);
  shelf.table.items.set(own, { ...structuredClone(item), id: own, imageId: id, listOrder: id, name });
  return id;
}

const release = () => openTidyingStore(shelf.table).release("simulated", shelf.bench.clock.now());
