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
