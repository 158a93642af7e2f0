// Consoles, reports and addresses go when the policy says so; a user's own data can be had and erased; what happened, and ids, stay.
import { openAuditStore } from "../../lib/audit/audit-store.ts";
import { eraseDue } from "../../lib/personal-data/erase-due.ts";
import { eraseNameIn } from "../../lib/personal-data/erase-request.ts";
import type { Bench } from "./bench.ts";
import { guestsSay, post, reportOf, shownTo, startCleaningBench } from "./speaking-guests.ts";

const dayMs = 86_400_000;
const contact = { email: "alice@example.org" };

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
  guestsSay(bench, {});
});
afterEach(() => bench.close());

const everything = () =>
  JSON.stringify([...(bench.runtime.table as unknown as { items: Map<string, unknown> }).items.values()]);

describe("by policy", () => {
  test("nothing goes a moment too early; then reports, consoles and the address are gone, and what happened is still told", async () => {
    const id = await post(bench, { contact });
    await bench.drive(id);
    bench.clock.advance(90 * dayMs - 60_000);
    expect(await eraseDue(bench.runtime)).toEqual({ erased: 0 });
    expect((await reportOf(bench, id)).verify).not.toBeNull();
    bench.clock.advance(120_000);
    expect(await eraseDue(bench.runtime)).toEqual({ erased: 1 });
    expect(await reportOf(bench, id)).toMatchObject({ clean: null, verify: null });
    const shown = await shownTo(bench, id);
    expect(shown).toMatchObject({ status: "completed", requester: { name: "alice" }, erasedAt: expect.any(String) });
    expect(shown.asked.contact).toBeUndefined();
    expect(everything()).not.toContain(contact.email);
    expect(everything()).not.toContain("evidence#");
    expect(await eraseDue(bench.runtime)).toEqual({ erased: 0 });
  });

  test("after as many days as the policy says, counted from the end", async () => {
    const provider = bench.runtime.providers.find("simulated");
    if (provider) provider.policy.personalDataMs = 2 * dayMs;
    const id = await post(bench, { contact, preparation: "as-is" });
    await bench.drive(id);
    bench.clock.advance(3 * dayMs);
    expect(await eraseDue(bench.runtime)).toEqual({ erased: 1 });
  });

  test("what is under way is not touched, however long", async () => {
    const id = await post(bench, { review: true, contact });
    await bench.drive(id, ({ waiting }) => waiting?.question !== undefined);
    bench.clock.advance(400 * dayMs);
    expect(await eraseDue(bench.runtime)).toEqual({ erased: 0 });
    expect(everything()).toContain(contact.email);
  });

  test("a worker that dies between the reports and the request leaves it to the next run", async () => {
    const id = await post(bench, { contact, preparation: "as-is" });
    await bench.drive(id);
    bench.clock.advance(91 * dayMs);
    const { table } = bench.runtime;
    const { update } = table;
    table.update = () => Promise.reject(new Error("the worker was killed"));
    await expect(eraseDue(bench.runtime)).rejects.toThrow("killed");
    table.update = update;
    expect(await eraseDue(bench.runtime)).toEqual({ erased: 1 });
    expect(everything()).not.toContain(contact.email);
  });
});

describe("a user's own", () => {
  const mine = async (query: Record<string, string> = {}) => (await bench.call("get-my-data", "alice", { query })).body;

  test("is given whole, page by page: requests with their reports, and what was recorded", async () => {
    const id = await post(bench, { contact });
    await bench.drive(id);
    const all = await mine();
    expect(all.requests).toMatchObject([
      { request: { id, asked: { contact } }, reports: [{ kind: "clean" }, { kind: "verify" }] },
    ]);
    expect(all.records).toMatchObject([{ action: "create-image-request", actor: { userName: "alice" } }]);
    const first = await mine({ limit: "1" });
    const second = await mine({ limit: "1", cursor: first.next });
    expect([first, second].flatMap(({ requests, records }) => [...requests, ...records])).toHaveLength(2);
    expect(await bench.call("get-my-data", "bob")).toMatchObject({ body: { requests: [], records: [] } });
  });

  test("is erased on demand: name, address, consoles and reports; the request and its audit stay, by ids", async () => {
    const id = await post(bench, { contact });
    await bench.drive(id);
    const { status, body } = await bench.call("erase-my-data", "alice");
    expect(status).toBe(200);
    expect(body).toMatchObject({ erased: { requests: 1, reports: 2, records: 1 }, live: [], next: null });
    expect(everything()).not.toMatch(/alice/);
    expect(await shownTo(bench, id)).toMatchObject({ status: "completed", requester: { name: "(erased)" } });
    const { records } = await openAuditStore(bench.runtime.table).all({ provider: "simulated", limit: 10 });
    const userId = bench.cloud.ids.user("alice");
    expect(records.map(({ action, actor }) => [action, actor.userId, actor.userName])).toEqual([
      ["erase-my-data", userId, undefined],
      ["create-image-request", userId, undefined],
    ]);
    expect((await bench.call("erase-my-data", "alice")).body.erased).toEqual({
      requests: 1,
      reports: 0,
      records: 0,
      publicity: 0,
    });
  });

  test("of what is under way nothing is erased, and it is named", async () => {
    const id = await post(bench, { review: true, contact });
    await bench.drive(id, ({ waiting }) => waiting?.question !== undefined);
    const { body } = await bench.call("erase-my-data", "alice");
    expect(body).toMatchObject({ erased: { requests: 0, reports: 0 }, live: [id] });
    expect((await shownTo(bench, id)).requester.name).toBe("alice");
    expect((await reportOf(bench, id)).verify).not.toBeNull();
  });

  test("staff may do it for somebody, with their own name on the record; nobody else may", async () => {
    const id = await post(bench, { contact, preparation: "as-is" });
    await bench.drive(id);
    const query = { user: bench.cloud.ids.user("alice") };
    for (const name of ["get-my-data", "erase-my-data"]) {
      expect((await bench.call(name, "bob", { query })).status).toBe(403);
    }

    expect((await bench.call("get-my-data", "carol", { query })).body.requests).toHaveLength(1);
    const { records: looks } = await openAuditStore(bench.runtime.table).all({ provider: "simulated", limit: 1 });
    expect(looks).toMatchObject([
      { action: "get-my-data", actor: { userName: "carol" }, about: { kind: "user", id: query.user } },
    ]);
    bench.clock.advance(1000);
    expect((await bench.call("erase-my-data", "carol", { query })).body.erased.requests).toBe(1);
    const { records } = await openAuditStore(bench.runtime.table).all({ provider: "simulated", limit: 1 });
    expect(records).toMatchObject([
      { action: "erase-my-data", actor: { userName: "carol" }, about: { kind: "user", id: query.user } },
    ]);
  });
});

describe("of who decided or cancelled what others asked for", () => {
  const nameless = { requests: 1, records: expect.any(Number), reports: 0 };
  const erasedBy = async (person: "alice" | "carol") => (await bench.call("erase-my-data", person)).body;
  const decided = async (decision: "approve" | "deny", name = "first-image") => {
    const policy = bench.runtime.providers.find("simulated")?.policy;
    if (policy) policy.approvalNeededFor = ["shared"];
    const id = await post(bench, { visibility: "shared", contact, name });
    await bench.drive(id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
    await bench.call("decide-image-request", "carol", { id, body: { decision, reason: "as agreed" } });
    return id;
  };

  test.each(["approve", "deny"] as const)(
    "staff's name goes (%s), and nothing else of the request",
    async (decision) => {
      const id = await decided(decision);
      await bench.drive(id);
      const before = await shownTo(bench, id);
      expect(everything()).toMatch(decision === "deny" ? /carol denied/ : /approved by carol/);
      expect(await erasedBy("carol")).toMatchObject({ erased: nameless, live: [], next: null });
      expect(everything()).not.toMatch(/carol/);
      const after = await shownTo(bench, id);
      expect(after).toEqual(JSON.parse(JSON.stringify(before).replaceAll("carol", "(erased)")));
      expect(everything()).toContain(contact.email);
      expect((await erasedBy("carol")).erased.requests).toBe(0);
    },
  );

  test("what is under way stays whole, is named, and is found again when it has ended", async () => {
    const id = await decided("approve");
    expect(await erasedBy("carol")).toMatchObject({ erased: { requests: 0 }, live: [id] });
    expect((await bench.drive(id)).decision?.by.userName).toBe("carol");
    expect(await erasedBy("carol")).toMatchObject({ erased: nameless, live: [] });
    expect(everything()).not.toMatch(/carol/);
  });

  test("whoever cancelled, too", async () => {
    const id = await post(bench, {});
    await bench.call("cancel-image-request", "carol", { id, body: { reason: "no room" } });
    await bench.drive(id);
    expect((await erasedBy("carol")).erased.requests).toBe(1);
    expect(everything()).not.toMatch(/carol/);
    expect((await shownTo(bench, id)).problem.detail).toBe("Cancelled by (erased): no room.");
  });

  test("whom two erase at once, neither brings back", async () => {
    const id = await decided("deny");
    const seen = await bench.drive(id);
    await erasedBy("alice");
    expect(await eraseNameIn(bench.runtime, seen, seen.decision?.by.userId ?? "")).toBe(true);
    const now = JSON.stringify(await bench.runtime.store.get(id));
    expect(now).not.toMatch(/alice|carol/);
  });
});
