// What people see of tidying and say to it, over HTTP.
import { dayMs, hourMs, openShelf, type Shelf, snapshotOf } from "./shelf.ts";

let shelf: Shelf;
afterEach(() => shelf.close());

const keep = (id: string, person: "alice" | "bob" = "alice") => shelf.bench.call("keep-image", person, { id });

test("an image is kept at every stage until the last: nobody asks again for the policy's time", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1, snapshotsUnusedDays: 4 } });
  const ids = {
    before: shelf.put("before"),
    told: shelf.put("told"),
    hidden: shelf.put("hidden"),
    never: shelf.put("never"),
  };
  expect((await keep(ids.before)).status).toBe(200);
  await shelf.days(1);
  expect((await keep(ids.told)).status).toBe(200);
  await shelf.days(1);
  expect(shelf.isHidden(ids.hidden)).toBe(true);
  const answer = await keep(ids.hidden);
  expect(answer).toMatchObject({ status: 200, body: { imageId: ids.hidden, hidden: false } });
  expect(Date.parse(answer.body.keptUntil) - shelf.bench.clock.now()).toBe(4 * dayMs);
  expect(shelf.isHidden(ids.hidden)).toBe(false);
  await shelf.days(2);
  expect(Object.values(ids).map(shelf.isThere)).toEqual([true, true, true, false]);
  await shelf.days(8);
  expect(Object.values(ids).map(shelf.isThere)).toEqual([false, false, false, false]);
});

test("a word to keep takes the owner's own date off", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1 } });
  const id = "aaaaaaaa-0000-4000-8000-000000000002";
  const date = new Date(shelf.bench.clock.now() + 2 * dayMs).toISOString();
  shelf.put("dated", { id, ageDays: 1, properties: { darkroom_expires_at: date, darkroom_expiry_of: id } });
  await shelf.days(2);
  expect(shelf.told.map(({ kind }) => kind)).toEqual(["told"]);
  await keep(id);
  await shelf.days(10);
  expect(shelf.isThere(id)).toBe(true);
  expect(shelf.bench.cloud.state.images[id]?.properties).toEqual({});
});

/** The next run puts `old` out of use. */
const onTheDay = async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1 } });
  const id = shelf.put("old");
  await shelf.days(2);
  shelf.bench.clock.advance(dayMs - hourMs);
  return id;
};

/** The next run deletes `old`. */
const atTheLastLook = async () => {
  const id = await onTheDay();
  await shelf.run();
  shelf.bench.clock.advance(hourMs);
  return id;
};

const now = (id: string) => [shelf.isThere(id), shelf.isHidden(id), shelf.isOut(id)];
const backOnTheShelf = [true, false, false];

describe("a word that comes once it is out of use", () => {
  test("holds: in use again, and shown", async () => {
    const id = await atTheLastLook();
    expect(await keep(id)).toMatchObject({ status: 200, body: { hidden: false } });
    expect(now(id)).toEqual(backOnTheShelf);
    await shelf.days(3);
    expect(now(id)).toEqual(backOnTheShelf);
  });

  test("holds where the cloud lets only administrators put images back into use: it is done with the credential that put it out", async () => {
    const id = await atTheLastLook();
    const answer = { error: 403, message: "You are not authorized to complete reactivate action." } as const;
    const path = /actions.reactivate/;
    const placed = shelf.bench.cloud.faults.add({ service: "image", path, times: 1, when: "before", answer });
    expect((await keep(id)).status).toBe(200);
    expect([placed.hits, ...now(id)]).toEqual([1, ...backOnTheShelf]);
  });
});

describe("a word that comes while a sweep is about to put it out of use", () => {
  test.each([
    ["before it is claimed: the word holds", "before", 200, backOnTheShelf],
    ["after that: it is refused in words, and asked again it holds", "after", 409, [true, true, true]],
  ] as const)("%s", async (_when, when, status, then) => {
    const id = await onTheDay();
    let answered: number | undefined;
    shelf.atStage("deactivated", when, async () => {
      answered = (await keep(id)).status;
    });
    await shelf.run();
    expect([answered, ...now(id)]).toEqual([status, ...then]);
    expect((await keep(id)).status).toBe(200);
    expect(now(id)).toEqual(backOnTheShelf);
  });

  test("and stood still for so long that it is taken for dead: it undoes what it did", async () => {
    const id = await onTheDay();
    let answered: number | undefined;
    shelf.atStage("deactivated", "after", async () => {
      shelf.bench.clock.advance(hourMs);
      answered = (await keep(id)).status;
    });
    await shelf.run();
    expect([answered, ...now(id)]).toEqual([200, ...backOnTheShelf]);
  });
});

describe("a word that comes while a sweep is about to delete it", () => {
  test.each([
    ["before it is claimed: the word holds", "before", 200],
    ["after that: it is refused in words", "after", 409],
  ] as const)("%s", async (_when, when, status) => {
    const id = await atTheLastLook();
    let answered: number | undefined;
    shelf.atStage("deleting", when, async () => {
      answered = (await keep(id)).status;
    });
    await shelf.run();
    expect([answered, shelf.isThere(id)]).toEqual([status, status === 200]);
  });

  test("and is about to be written down when it passes: whoever gave it is told to look again, and it is there", async () => {
    const id = await atTheLastLook();
    shelf.atStage("kept", "before", () => shelf.run());
    expect((await keep(id)).status).toBe(409);
    expect(now(id)).toEqual(backOnTheShelf);
    expect((await keep(id)).status).toBe(200);
  });
});

test("another project's image cannot be kept: it is not there for them, or not theirs", async () => {
  shelf = await openShelf();
  expect((await keep(shelf.put("alices"), "bob")).status).toBe(404);
  expect((await keep(shelf.put("community", { visibility: "community" }), "bob")).status).toBe(403);
});

test("the plan says of every image what would be done and why, and writes nothing", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 5 } });
  const old = shelf.put("old");
  const shelved = shelf.put("shelved", { properties: snapshotOf(shelf.bench.cloud.ids.server("shelved-1")) });
  await shelf.days(2);
  const before = structuredClone([...shelf.table.items]);
  shelf.bench.cloud.calls.length = 0;
  const { body } = await shelf.bench.call("get-tidying-plan", "carol", { query: { all: "true" } });
  const hidden = await shelf.bench.call("get-tidying-plan", "carol", { query: { all: "true", cursor: body.next } });
  const images = [...body.images, ...hidden.body.images] as { id: string }[];
  expect(hidden.body.next).toBeNull();
  expect(images.find(({ id }) => id === old)).toMatchObject({ verdict: "unused", hidden: true, next: { do: "wait" } });
  expect(images.find(({ id }) => id === shelved)).toMatchObject({ verdict: "kept", rule: "shelved", next: null });
  expect(body).toMatchObject({ enabled: true, seesAllProjects: true, held: null });
  const made = [...shelf.bench.cloud.calls];
  expect(made.filter(({ method, path }) => method !== "GET" && !path.includes("/auth/tokens"))).toEqual([]);
  expect([...shelf.table.items].filter(([key]) => /^(tidying|sweep|deletion)#/.test(key))).toEqual(
    before.filter(([key]) => /^(tidying|sweep|deletion)#/.test(key)),
  );
  const candidates = await shelf.bench.call("get-tidying-plan", "carol");
  expect(candidates.body.images).toEqual([]);
  expect((await shelf.bench.call("get-tidying-plan", "carol", { query: { cursor: "bm9uc2Vuc2U" } })).status).toBe(422);
});

test("what was deleted is listed for staff, newest first, in pages, for a year", async () => {
  shelf = await openShelf({ tidying: { tellDays: 1, hideDays: 1 } });
  const ids = [shelf.put("first")];
  await shelf.days(3);
  ids.unshift(shelf.put("second"));
  await shelf.days(3);
  const first = await shelf.bench.call("list-deletions", "carol", { query: { limit: "1" } });
  const second = await shelf.bench.call("list-deletions", "carol", { query: { limit: "1", cursor: first.body.next } });
  expect([...first.body.deletions, ...second.body.deletions].map(({ id }) => id)).toEqual(ids);
  expect((await shelf.bench.call("list-deletions", "carol", { query: { cursor: "nonsense" } })).status).toBe(422);
  shelf.bench.clock.advance(367 * dayMs);
  await shelf.days(1);
  expect((await shelf.bench.call("list-deletions", "carol")).body.deletions).toEqual([]);
});

test.each([
  [
    "is let in no more",
    { service: "identity", method: "POST", path: /tokens/, when: "before", answer: { error: 401 } },
  ],
  ["may not see", { service: "compute", path: /servers/, when: "before", answer: { error: 403 } }],
] as const)(
  "the operator's credential %s: staff are told that, and not that their own token is wrong",
  async (_what, fault) => {
    shelf = await openShelf();
    const headers = { "x-auth-token": await shelf.bench.token("carol") };
    shelf.bench.cloud.faults.add(fault);
    const { status, body } = await shelf.bench.call("get-tidying-plan", undefined, { headers });
    expect([status, body.detail]).toEqual([503, expect.stringContaining("`staffCloud`")]);
  },
);

describe("a pass that staff let begin", () => {
  const start = (query: Record<string, string> = {}) => shelf.bench.call("start-tidying-pass", "carol", { query });

  test("as a dry run it is the plan, and nothing is written but that somebody looked", async () => {
    shelf = await openShelf();
    shelf.put("old");
    const plan = await shelf.bench.call("get-tidying-plan", "carol", { query: { all: "true" } });
    const dry = await start({ dryRun: "true", all: "true" });
    expect([dry.status, dry.body]).toEqual([200, plan.body]);
    expect(dry.body.images).toContainEqual(expect.objectContaining({ name: "old" }));
    const written = [...shelf.table.items.values()].filter(({ id }) => !id.startsWith("rate#"));
    expect(written).toMatchObject([{ action: "start-tidying-pass", facts: { dryRun: true } }]);
  });

  test("begins with the next run, though the last one began today; once", async () => {
    shelf = await openShelf();
    expect((await shelf.run()).outcome).toBe("ended");
    shelf.bench.clock.advance(3_600_000);
    expect((await shelf.run()).outcome).toBe("not-due");
    const { status, body } = await start();
    expect([status, body]).toEqual([202, { due: true, held: null }]);
    expect((await start()).status).toBe(202);
    expect((await shelf.run()).outcome).toBe("ended");
    expect((await shelf.run()).outcome).toBe("not-due");
  });

  test("is refused in words while one is under way, where tidying is off, and without the operator's credential", async () => {
    shelf = await openShelf();
    shelf.put("old");
    expect((await shelf.run({ remainingMs: () => 1_000 })).outcome).toBe("paused");
    const underWay = await start();
    expect([underWay.status, underWay.body.type]).toEqual([409, expect.stringContaining("pass-under-way")]);
    expect((await shelf.run()).outcome).toBe("ended");
    await shelf.close();
    shelf = await openShelf({ tidying: { enabled: false } });
    expect((await start()).body.type).toContain("tidying-off");
    await shelf.close();
    shelf = await openShelf({ staff: false });
    expect((await start()).body.detail).toContain("only the images of Darkroom's own project");
  });
});
