// Who did what: every act at a door and every call that changed something in the cloud leaves its record.
import { openAuditStore } from "../../lib/audit/audit-store.ts";
import { asking, type Bench, startBench } from "./bench.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const recorded = async (limit = 100) => {
  const { records } = await openAuditStore(bench.runtime.table).all({ provider: "simulated", limit });
  return [...records].reverse();
};
const post = async (more: Record<string, unknown> = {}) => {
  const { status, body } = await bench.call("create-image-request", "alice", { body: asking(bench, more) });
  if (status !== 202) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`);
  return body.id as string;
};

describe("at the doors", () => {
  test("a request: who, with which token, what was acknowledged, and the delegation that was made in the cloud", async () => {
    const id = await post();
    const [made, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(made).toMatchObject({
      provider: "simulated",
      actor: { userId: bench.cloud.ids.user("alice"), userName: "alice", projectName: "astro-lab" },
      action: "create-image-request",
      about: { kind: "image-request", id },
      facts: { licenseAcknowledged: "1", name: "first-image", server: bench.cloud.ids.server("analysis-1") },
      calls: { made: [{ service: "identity", method: "POST", path: "/OS-TRUST/trusts", status: 201 }], dropped: 0 },
    });
    expect(made?.auditIds).toEqual([expect.stringMatching(/^[\w-]{22}$/)]);
    expect(made?.calls.made[0]?.openstackRequestId).toMatch(/^req-/);
  });

  test("a decision with its reason and a cancel, each in its order; what only looks leaves nothing", async () => {
    await bench.call("create-preflight", "alice", {
      body: asking(bench, { preparation: "clean", visibility: "shared" }),
    });
    const id = await post({ preparation: "clean", visibility: "shared" });
    await bench.drive(id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
    await bench.call("get-image-request", "carol", { id });
    const refused = await bench.call("decide-image-request", "alice", { id, body: { decision: "approve" } });
    expect(refused.status).toBe(403);
    bench.clock.advance(1);
    await bench.call("decide-image-request", "carol", { id, body: { decision: "approve", reason: "of use to all" } });
    bench.clock.advance(1);
    await bench.call("cancel-image-request", "alice", { id, body: { reason: "wrong server" } });
    const records = await recorded();
    expect(records.map(({ action, actor, about, facts }) => [action, actor.userName, about?.id, facts.reason])).toEqual(
      [
        ["create-image-request", "alice", id, undefined],
        ["decide-image-request", "carol", id, "of use to all"],
        ["cancel-image-request", "alice", id, "wrong server"],
      ],
    );
    expect(records[1]?.facts).toMatchObject({ decision: "approve" });
  });

  test("what failed after it had changed something is recorded as failed", async () => {
    const { table } = bench.runtime;
    const { putNew } = table;
    table.putNew = async (item) =>
      item.id.startsWith("request#") ? Promise.reject(new Error("the table is away")) : putNew(item);
    const { status } = await bench.call("create-image-request", "alice", { body: asking(bench) });
    expect(status).toBe(500);
    const [failed] = await recorded();
    expect(failed).toMatchObject({ action: "create-image-request", facts: { failed: true } });
    expect(failed?.calls.made.map(({ method, status }) => [method, status])).toEqual([
      ["POST", 201],
      ["DELETE", 204],
    ]);
    expect(failed?.calls.made[1]?.path).toBe("/OS-TRUST/trusts/[trust]");
  });

  test("who cannot be recorded is not told that all is well", async () => {
    const { table } = bench.runtime;
    const { putNew } = table;
    table.putNew = async (item) =>
      item.id.startsWith("audit#") ? Promise.reject(new Error("the table is away")) : putNew(item);
    expect((await bench.call("create-image-request", "alice", { body: asking(bench) })).status).toBe(500);
  });
});

describe("in the cloud", () => {
  test("every change that the steps made stands in the request, in order, with OpenStack's request ids", async () => {
    const id = await post();
    const { calls, ledger } = await bench.drive(id);
    const made = calls?.made ?? [];
    expect(made.map(({ step, method, path }) => `${step} ${method} ${path.replace(/[0-9a-f-]{36}/, "ID")}`)).toEqual([
      "quiesce POST /servers/ID/action",
      "quiesce POST /servers/ID/action",
      "capture POST /servers/ID/action",
      "resume POST /servers/ID/action",
      "resume POST /servers/ID/action",
      "publish PATCH /images/ID",
      "release DELETE /OS-TRUST/trusts/[trust]",
    ]);
    expect(made.every(({ openstackRequestId }) => /^req-/.test(openstackRequestId ?? ""))).toBe(true);
    const snapshot = ledger.find(({ kind }) => kind === "snapshot");
    expect(made[2]).toMatchObject({
      openstackRequestId: (snapshot as { openstackRequestId?: string }).openstackRequestId,
    });
  });

  test("a call that nobody answered is kept too, for it may have been performed", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "quiesce");
    bench.cloud.faults.add({ service: "compute", body: /os-stop/, when: "after", answer: "reset", times: 1 });
    const { calls, end } = await bench.drive(id);
    expect(end).toEqual({ status: "completed" });
    expect(calls?.made.filter(({ status }) => status === null)).toHaveLength(1);
  });
});

describe("shown", () => {
  test("the request's own project and staff read its audit; for others it does not exist", async () => {
    const id = await post();
    await bench.drive(id);
    for (const person of ["alice", "carol"] as const) {
      const { status, body } = await bench.call("get-request-audit", person, { id });
      expect(status).toBe(200);
      expect(body).toMatchObject({ id, records: [{ action: "create-image-request" }], next: null });
      expect(body.calls.made.length).toBeGreaterThan(5);
    }
    expect((await bench.call("get-request-audit", "bob", { id })).status).toBe(404);
  });

  test("staff read everything, newest first, page by page, by user and by time; nobody else does", async () => {
    const startMs = bench.clock.now();
    const id = await post();
    bench.clock.advance(60_000);
    await bench.call("cancel-image-request", "carol", { id, body: { reason: "by staff" } });
    const list = async (query: Record<string, string> = {}) =>
      (await bench.call("list-audit", "carol", { query })).body;
    const actions = (listed: { records: { action: string }[] }) => listed.records.map(({ action }) => action);
    expect(actions(await list())).toEqual(["cancel-image-request", "create-image-request"]);
    const first = await list({ limit: "1" });
    expect(actions(first)).toEqual(["cancel-image-request"]);
    expect(actions(await list({ limit: "1", cursor: first.next }))).toEqual(["create-image-request"]);
    expect(actions(await list({ user: bench.cloud.ids.user("carol") }))).toEqual(["cancel-image-request"]);
    expect(actions(await list({ user: bench.cloud.ids.user("alice") }))).toEqual(["create-image-request"]);
    const until = new Date(startMs + 30_000).toISOString();
    expect(actions(await list({ until }))).toEqual(["create-image-request"]);
    expect(actions(await list({ from: until }))).toEqual(["cancel-image-request"]);
    expect((await bench.call("list-audit", "alice")).status).toBe(403);
  });
});
