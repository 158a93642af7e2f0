// A provider that is paused, and a project that asks for too much at once.
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, expectNothingLeft, imageOf, serverNow, startBench } from "./bench.ts";

const dayMs = 86_400_000;

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({ table: openMemoryTable() });
});
afterEach(() => bench.close());

const post = async (more: Record<string, unknown> = {}) =>
  await bench.call("create-image-request", "alice", { body: asking(bench, more) });
const pause = (paused: boolean) => {
  const provider = bench.runtime.providers.find("simulated");
  if (!provider) throw new Error("no provider");
  provider.policy.paused = paused;
};
const held = ({ waiting }: ImageRequest) => waiting?.held === true;
const shared = { preparation: "clean", visibility: "shared" };
const decide = (id: string) => bench.call("decide-image-request", "carol", { id, body: { decision: "approve" } });

describe("paused", () => {
  test("everybody is told, also beforehand; new work is taken, waits in words, and goes on when it is over", async () => {
    pause(true);
    expect((await bench.call("list-providers", undefined)).body.providers).toMatchObject([{ paused: true }]);
    const preflight = await bench.call("create-preflight", "alice", { body: asking(bench) });
    expect(preflight.body).toMatchObject({
      ready: true,
      obstacles: expect.arrayContaining([expect.objectContaining({ level: "hint", code: "paused" })]),
    });
    const { status, body } = await post();
    expect(status).toBe(202);
    const first = await bench.drive(body.id, held);
    bench.clock.advance(5 * dayMs);
    const request = await bench.drive(body.id, ({ version }) => version > first.version + 3);
    expect(request).toMatchObject({ step: "check", waiting: { held: true, why: expect.stringMatching(/paused/) } });
    expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null });
    expect(request.timeline).toHaveLength(2);
    pause(false);
    const ended = await bench.drive(body.id);
    expect(ended.end).toEqual({ status: "completed" });
    expect(imageOf(bench, ended).status).toBe("active");
  });

  test("staff may decide meanwhile; the server is not touched before it is over", async () => {
    const { body } = await post({ ...shared, visibility: "shared" });
    await bench.drive(body.id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
    pause(true);
    expect((await decide(body.id)).status).toBe(200);
    const request = await bench.drive(body.id, held);
    expect(request.step).toBe("quiesce");
    expect(serverNow(bench, "analysis-1").vmState).toBe("active");
    expect((await bench.call("list-approvals", "carol")).body.approvals).toEqual([]);
    pause(false);
    await bench.drive(body.id, ({ step }) => step === "capture");
    expect(serverNow(bench, "analysis-1").vmState).toBe("stopped");
  });

  test("what has begun is brought to its end: a server that is stopped is given back", async () => {
    const { body } = await post();
    await bench.drive(body.id, ({ step }) => step === "capture");
    pause(true);
    const ended = await bench.drive(body.id);
    expect(ended.end).toEqual({ status: "completed" });
    expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null });
    await expectNothingLeft(bench, ended, { image: true });
  });

  test("what is held may be cancelled", async () => {
    pause(true);
    const { body } = await post();
    await bench.drive(body.id, held);
    expect((await bench.call("cancel-image-request", "alice", { id: body.id, body: {} })).status).toBe(202);
    const ended = await bench.drive(body.id);
    expect(ended.end?.status).toBe("cancelled");
    await expectNothingLeft(bench, ended, { image: false });
  });

  test("the time of the step does not run: after days, what passes within minutes is waited for as ever", async () => {
    pause(true);
    const { body } = await post();
    const first = await bench.drive(body.id, held);
    bench.clock.advance(3 * dayMs);
    await bench.drive(body.id, ({ version }) => version > first.version);
    serverNow(bench, "analysis-1").taskState = "image_uploading";
    pause(false);
    const request = await bench.drive(body.id, ({ waiting, endedAt }) => !waiting?.held || endedAt !== undefined);
    expect(request).toMatchObject({ step: "check", waiting: { looks: 1 } });
    serverNow(bench, "analysis-1").taskState = null;
    expect((await bench.drive(body.id)).end).toEqual({ status: "completed" });
  });

  test.each([
    ["while staff are still to decide, the approval's deadline", shared, 14],
    ["else a week before the delegation ends", {}, 24],
  ])("never outlasts the delegation: %s", async (_what, more, days) => {
    pause(true);
    const { body } = await post(more);
    const first = await bench.drive(body.id, held);
    bench.clock.advance(days * dayMs - 600_000);
    expect(await bench.drive(body.id, ({ version }) => version > first.version)).toMatchObject({
      waiting: { held: true },
    });
    bench.clock.advance(600_000);
    const ended = await bench.drive(body.id);
    expect(ended.end).toMatchObject({ status: "expired", problem: { type: "urn:darkroom:problem:paused" } });
    await expectNothingLeft(bench, ended, { image: false });
  });
});

describe("too much at once", () => {
  test("a project has so many requests under way and no more, and is told before; what has ended does not count", async () => {
    const provider = bench.runtime.providers.find("simulated");
    if (provider) provider.policy.liveRequestsPerProject = 1;
    const { body: first } = await post();
    const second = { name: "second-image", serverId: bench.cloud.ids.server("no-agent-1") };
    const refused = await post(second);
    expect(refused).toMatchObject({
      status: 409,
      body: { type: "urn:darkroom:problem:too-many-requests", detail: expect.stringMatching(/1 requests under way/) },
    });
    const preflight = await bench.call("create-preflight", "alice", { body: asking(bench, second) });
    expect(preflight.body).toMatchObject({
      ready: false,
      obstacles: expect.arrayContaining([expect.objectContaining({ code: "too-many-requests" })]),
    });
    expect(Object.values(bench.cloud.state.trusts)).toHaveLength(1);
    await bench.drive(first.id);
    expect((await post(second)).status).toBe(202);
  });

  test("the same request sent again is no other request", async () => {
    const provider = bench.runtime.providers.find("simulated");
    if (provider) provider.policy.liveRequestsPerProject = 1;
    const headers = { "idempotency-key": "k" };
    const again = () => bench.call("create-image-request", "alice", { body: asking(bench), headers });
    expect((await again()).status).toBe(202);
    expect((await again()).status).toBe(202);
  });
});
