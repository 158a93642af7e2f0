// The owner's server in our hands: whose lock it is, and calls that stop or lock it of which we never heard.

import { connect, readCloudConfig, type Server } from "../../lib/openstack/index.ts";
import { isLockedByUs } from "../../lib/workflow/source-server.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, expectNothingLeft, serverNow, startBench } from "./bench.ts";

let bench: Bench;
const begin = async (policy: Record<string, unknown> = {}) => {
  bench = await startBench({ policy, table: openMemoryTable() });
};
afterEach(() => bench.close());

const post = async (more: Record<string, unknown> = {}): Promise<string> =>
  (await bench.call("create-image-request", "alice", { body: asking(bench, more) })).body.id;
const source = () => serverNow(bench, "analysis-1");

async function act(token: string, action: Record<string, unknown>) {
  const answer = await fetch(`${bench.cloud.url}/compute/v2.1/servers/${source().id}/action`, {
    method: "POST",
    headers: { "x-auth-token": token, "content-type": "application/json" },
    body: JSON.stringify(action),
  });
  if (answer.status !== 202) throw new Error(`${JSON.stringify(action)}: ${answer.status} ${await answer.text()}`);
}

async function administratorLocks() {
  const admin = connect(readCloudConfig("admin", { text: bench.cloud.cloudsYaml(), env: {} }));
  await act((await admin.token()).id, { lock: null });
  await admin.close();
  expect(source()).toMatchObject({ lockedBy: "admin", lockedReason: expect.stringContaining("Darkroom") });
}

async function delegationGoes() {
  const headers = { "x-auth-token": await bench.token("alice") };
  for (const id of Object.keys(bench.cloud.state.trusts))
    await fetch(`${bench.cloud.authUrl}/OS-TRUST/trusts/${id}`, { method: "DELETE", headers });
  bench.clock.advance(301_000); // for so long Nova believes a token that it has seen
}

describe("an administrator locks the server without a reason, so that ours stays on it, and takes the delegation away:", () => {
  test("the staff credential leaves it stopped and locked, and that is said", async () => {
    await begin({ staffCloud: "admin" });
    const id = await post();
    await bench.drive(id, ({ step }) => step === "resume");
    await administratorLocks();
    await delegationGoes();
    const request = await bench.drive(id);
    expect(source()).toMatchObject({ lockedBy: "admin", vmState: "stopped" });
    expect(request.end).toMatchObject({
      status: "failed",
      leftovers: ["the server is stopped"],
      problem: { detail: expect.stringContaining("somebody else locked it meanwhile, so it could not be started") },
    });
  });

  test("a lock that is still ours the staff credential takes away", async () => {
    await begin({ staffCloud: "admin" });
    const id = await post();
    await bench.drive(id, ({ step }) => step === "resume");
    await delegationGoes();
    await bench.drive(id);
    expect(source()).toMatchObject({ lockedBy: null, vmState: "active" });
  });
});

test("an owner who locks the server anew without a reason has locked it: where Nova showed our reason, none is not ours", async () => {
  await begin();
  const id = await post();
  await bench.drive(id, ({ step }) => step === "resume");
  const alice = await bench.token("alice");
  await act(alice, { unlock: null });
  await act(alice, { lock: null });
  const request = await bench.drive(id);
  expect(source()).toMatchObject({ lockedBy: "owner", lockedReason: null, vmState: "stopped" });
  expect(request.end).toMatchObject({ status: "failed", leftovers: ["the server is stopped"] });
});

test("where Nova shows no reasons, or we never heard whether it took ours, a lock that we noted is ours", () => {
  const lock = { kind: "lock", mark: "m", intentAtMs: 0 } as const;
  const server = { locked: true, lockedReason: null } as Server;
  expect(isLockedByUs(server, lock)).toBe(true);
  expect(isLockedByUs(server, { ...lock, reasonShown: false })).toBe(true);
  expect(isLockedByUs(server, { ...lock, reasonShown: true })).toBe(false);
});

describe("a call of which we never heard lands when its request is being released:", () => {
  /** It is lost on its way to Nova's hands, the requester cancels, and `release` waits. */
  async function lost(action: "os-stop" | "lock"): Promise<string> {
    await begin();
    const id = await post(action === "lock" ? { consistency: "live" } : {});
    const body = new RegExp(`"${action}"`);
    const placed = bench.cloud.faults.add({ service: "compute", body, when: "before", answer: "reset", times: 1 });
    await bench.drive(id, () => placed.hits > 0);
    await bench.call("cancel-image-request", "alice", { id });
    const request = await bench.drive(id, ({ step, waiting }) => step === "release" && waiting !== undefined);
    expect(request.waiting?.why).toMatch(/^a call to (stop|lock) the server may still be under way$/);
    bench.clock.advance(60_000);
    return id;
  }

  test("a stop: the server runs in the end", async () => {
    const id = await lost("os-stop");
    await act(await bench.token("alice"), { "os-stop": null });
    const request = await bench.drive(id);
    bench.clock.advance(600_000);
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null, taskState: null });
    await expectNothingLeft(bench, request, { image: false });
  });

  test("a lock: it is taken away", async () => {
    const id = await lost("lock");
    const mark = (await bench.runtime.store.get(id))?.ledger.find(({ kind }) => kind === "lock")?.mark;
    Object.assign(source(), { lockedBy: "owner", lockedReason: `… [${mark}]` });
    const request = await bench.drive(id);
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
    await expectNothingLeft(bench, request, { image: false });
  });

  test("neither lands: it ends as soon as neither can", async () => {
    const id = await lost("os-stop");
    const sinceMs = bench.clock.now();
    const request = await bench.drive(id);
    expect(Date.parse(request.endedAt ?? "") - sinceMs).toBeLessThan(300_000);
    await expectNothingLeft(bench, request, { image: false });
  });
});

test("undisturbed, nothing waits for a call that was heard", async () => {
  await begin();
  const request = await bench.drive(await post());
  expect(request.timeline.map(({ text }) => text)).not.toContainEqual(expect.stringContaining("under way"));
});
