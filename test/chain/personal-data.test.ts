// Consoles, reports and addresses go when the policy says so; a user's own data can be had and erased; what happened, and ids, stay.
import { openAuditStore } from "../../lib/audit/audit-store.ts";
import { eraseDue } from "../../lib/personal-data/erase-due.ts";
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
      questions: 0,
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
    expect((await bench.call("erase-my-data", "carol", { query })).body.erased.requests).toBe(1);
    const { records } = await openAuditStore(bench.runtime.table).all({ provider: "simulated", limit: 1 });
    expect(records).toMatchObject([
      { action: "erase-my-data", actor: { userName: "carol" }, about: { kind: "user", id: query.user } },
    ]);
  });
});
