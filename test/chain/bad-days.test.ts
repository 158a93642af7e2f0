// Bad days: clouds that fail, servers that are meddled with, workers that die. Every request ends, and nothing is left.
import { jest } from "@jest/globals";
import type { Fault } from "../../infra/simulated-openstack/index.ts";
import { nameLock, serverLock } from "../../lib/requests/locks.ts";
import { sweepTrusts } from "../../lib/tidying/unclaimed-trusts.ts";
import { asking, type Bench, expectNothingLeft, imageOf, serverNow, startBench } from "./bench.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({ policy: { outagePatienceHours: 1 } });
});
afterEach(() => bench.close());

const post = async (more: Record<string, unknown> = {}) => {
  const { status, body } = await bench.call("create-image-request", "alice", { body: asking(bench, more) });
  if (status !== 202) throw new Error(`not accepted: ${JSON.stringify(body)}`);
  return body.id as string;
};
const source = () => serverNow(bench, "analysis-1");

describe("the server's owner, in the middle,", () => {
  for (const step of ["quiesce", "capture"] as const) {
    test(`deletes it at ${step}: told in words, nothing left`, async () => {
      const id = await post();
      await bench.drive(id, (request) => request.step === step && request.waiting !== undefined);
      delete bench.cloud.state.servers[source().id];
      for (const image of Object.values(bench.cloud.state.images))
        if (image.status !== "active") delete bench.cloud.state.images[image.id];
      const request = await bench.drive(id);
      expect(request.end).toMatchObject({
        status: "failed",
        problem: { detail: "The server analysis-1 was deleted before its image was made." },
      });
      await expectNothingLeft(bench, request, { image: false });
    });
  }

  test("deletes it after the snapshot: the image is made all the same", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "resume");
    delete bench.cloud.state.servers[source().id];
    const request = await bench.drive(id);
    expect(request.end).toEqual({ status: "completed" });
    await expectNothingLeft(bench, request, { image: true });
  });

  test("unlocks and starts it again before the snapshot: told in words, and it runs", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "capture");
    Object.assign(source(), { lockedBy: null, lockedReason: null, vmState: "active", powerState: 1 });
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({ status: "failed", problem: { type: "urn:darkroom:problem:server-changed" } });
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
    await expectNothingLeft(bench, request, { image: false });
  });

  test("starts it under our lock again and again: we begin anew, three times at most, and it runs in the end", async () => {
    const id = await post();
    const locks = () => bench.cloud.calls.filter(({ action }) => action === "lock").length;
    for (let seen = 1; seen <= 3; seen++) {
      await bench.drive(id, (request) => request.endedAt !== undefined || locks() === seen);
      Object.assign(source(), { vmState: "active", powerState: 1, taskState: null });
    }
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({
      status: "failed",
      problem: { detail: expect.stringContaining("started again 3 times") },
    });
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
  });

  test("locks it while staff decide: refused with the lock's reason, and the lock stays theirs", async () => {
    const id = await post({ keepPaths: [{ path: "/srv", reason: "x" }] });
    await bench.drive(id, ({ waiting }) => waiting !== undefined);
    Object.assign(source(), { lockedBy: "owner", lockedReason: "mine" });
    await bench.call("decide-image-request", "carol", { id, body: { decision: "approve" } });
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({
      status: "failed",
      problem: { detail: expect.stringContaining("analysis-1 is locked: mine") },
    });
    expect(source()).toMatchObject({ lockedBy: "owner", lockedReason: "mine", vmState: "active" });
  });

  test("puts a lock of another's in place of ours: it is not taken away, and what could not be given back is said", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "resume");
    Object.assign(source(), { lockedBy: "owner", lockedReason: "held for an inquiry" });
    const request = await bench.drive(id);
    expect(source()).toMatchObject({ lockedBy: "owner", lockedReason: "held for an inquiry" });
    expect(request.end).toMatchObject({
      status: "failed",
      leftovers: ["the server is stopped"],
      problem: { detail: expect.stringContaining("somebody else locked it meanwhile (held for an inquiry)") },
    });
  });

  test("deletes the unfinished image: told in words, the server runs again", async () => {
    const id = await post();
    const capturing = await bench.drive(
      id,
      ({ step, ledger }) => step === "capture" && ledger.some((entry) => "thingId" in entry),
    );
    const entry = capturing.ledger.find(({ kind }) => kind === "snapshot");
    if (entry?.kind !== "snapshot" || !entry.thingId) throw new Error("no snapshot");
    await fetch(`${bench.cloud.url}/image/v2/images/${entry.thingId}`, {
      method: "DELETE",
      headers: { "x-auth-token": await bench.token("alice") },
    });
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({ status: "failed", problem: { type: "urn:darkroom:problem:snapshot-lost" } });
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
    await expectNothingLeft(bench, request, { image: false });
  });

  test("takes away the delegation: said in words, with what is left to do", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "capture");
    const headers = { "x-auth-token": await bench.token("alice") };
    for (const { id: trustId } of Object.values(bench.cloud.state.trusts)) {
      await fetch(`${bench.cloud.authUrl}/OS-TRUST/trusts/${trustId}`, { method: "DELETE", headers });
    }
    bench.clock.advance(301_000); // for so long Nova believes a token that it has seen
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({ status: "failed", leftovers: ["the server is stopped", "the server's lock"] });
    expect(request.end).toMatchObject({
      problem: { detail: expect.stringContaining("no longer accepts the delegation") },
    });
  });
});

test("where the delegation is gone, the operator's own credential gives the server back and removes the snapshot", async () => {
  const withStaff = await startBench({ policy: { staffCloud: "admin" } });
  try {
    const { body } = await withStaff.call("create-image-request", "alice", { body: asking(withStaff) });
    await withStaff.drive(
      body.id,
      ({ step, ledger }) => step === "capture" && ledger.some((entry) => "thingId" in entry),
    );
    const headers = { "x-auth-token": await withStaff.token("alice") };
    for (const { id } of Object.values(withStaff.cloud.state.trusts)) {
      await fetch(`${withStaff.cloud.authUrl}/OS-TRUST/trusts/${id}`, { method: "DELETE", headers });
    }
    withStaff.clock.advance(301_000);
    const request = await withStaff.drive(body.id);
    expect(request.end).toMatchObject({
      status: "failed",
      problem: { type: "urn:darkroom:problem:delegation-revoked" },
    });
    expect(request.end).not.toHaveProperty("leftovers");
    expect(serverNow(withStaff, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null });
    await expectNothingLeft(withStaff, request, { image: false });
  } finally {
    await withStaff.close();
  }
});

test("a snapshot that fails on the hypervisor, so that Nova deletes the image, is explained from Nova's record", async () => {
  source().guest.snapshotFailure = "No space left on device";
  const request = await bench.drive(await post());
  expect(request.end).toMatchObject({
    status: "failed",
    problem: {
      type: "urn:darkroom:problem:snapshot-lost",
      service: "Nova",
      openstackRequestId: expect.stringMatching(/^req-/),
    },
  });
  expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
  await expectNothingLeft(bench, request, { image: false });
});

test("an image that somebody deletes while Nova makes it: told once Nova has let go of the server, from its record", async () => {
  source().guest.diskBytes *= 20; // so that Nova is at it for a while
  const id = await post();
  await bench.drive(id, ({ step, waiting }) => step === "capture" && /^Glance says/.test(waiting?.why ?? ""));
  const image = Object.values(bench.cloud.state.images).find(({ name }) => name?.startsWith("darkroom-"));
  delete bench.cloud.state.images[image?.id ?? ""];
  const busy = await bench.drive(id, ({ waiting }) => /^Glance has the image no more/.test(waiting?.why ?? ""));
  expect(busy.step).toBe("capture");
  const request = await bench.drive(id);
  expect(request.end).toMatchObject({
    status: "failed",
    problem: {
      type: "urn:darkroom:problem:snapshot-lost",
      detail: expect.stringContaining("Nova's record shows no error: somebody deleted the image while it was made"),
    },
  });
  expect(source()).toMatchObject({ vmState: "active", lockedBy: null, taskState: null });
  await expectNothingLeft(bench, request, { image: false });
});

test("a snapshot that a restarted nova-compute forgot is given up, not waited for", async () => {
  const id = await post();
  await bench.drive(id, ({ step, ledger }) => step === "capture" && ledger.some((entry) => "thingId" in entry));
  Object.assign(source(), { taskState: null, operation: null });
  for (const image of Object.values(bench.cloud.state.images))
    if (image.status !== "active") Object.assign(image, { status: "queued" });
  (bench.cloud.state as { pending?: unknown[] }).pending?.splice(0);
  const request = await bench.drive(id);
  expect(request.end?.status).toBe("failed");
  expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
  await expectNothingLeft(bench, request, { image: false });
});

describe("a cloud", () => {
  const down = (service: "identity" | "compute" | "image"): Fault => ({
    service,
    when: "before",
    answer: { status: 503, headers: { "retry-after": "60" } },
  });

  for (const [service, name, step] of [
    ["compute", "Nova", "quiesce"],
    ["image", "Glance", "describe"],
  ] as const) {
    test(`whose ${name} is down for a while is waited for`, async () => {
      const id = await post();
      await bench.drive(id, (request) => request.step === step);
      const outage = bench.cloud.faults.add(down(service));
      const waiting = await bench.drive(id, (request) => request.waiting !== undefined);
      expect(waiting.waiting?.why).toBe(
        `${name} asks us to slow down`.replace("asks us to slow down", "does not answer"),
      );
      outage.remove();
      const request = await bench.drive(id);
      expect(request.end).toEqual({ status: "completed" });
    });
  }

  test("whose Nova stays down fails the request, saying which service and since when; what is left is named", async () => {
    const id = await post();
    const before = await bench.drive(id, (request) => request.step === "capture");
    bench.cloud.faults.add(down("compute"));
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({
      status: "failed",
      leftovers: expect.arrayContaining(["the server's lock", "the server is stopped"]),
    });
    const said = request.end?.status === "failed" ? request.end.problem.detail : "";
    expect(said).toMatch(/Nova has not answered since (\S+Z)/);
    const since = Date.parse(/since (\S+Z)/.exec(said)?.[1] ?? "");
    expect(Math.abs(since - Date.parse(before.updatedAt))).toBeLessThan(120_000);
  });

  test("that takes the call for a snapshot and then is silent makes one image: it is found by its mark", async () => {
    const id = await post();
    bench.cloud.faults.add({ service: "compute", body: /createImage/, when: "after", answer: "reset", times: 1 });
    const request = await bench.drive(id);
    expect(request.end).toEqual({ status: "completed" });
    expect(bench.cloud.calls.filter(({ action }) => action === "createImage")).toHaveLength(1);
    await expectNothingLeft(bench, request, { image: true });
  });

  test("that loses the call for a snapshot is asked again, but only when the first can no longer be under way", async () => {
    const id = await post();
    bench.cloud.faults.add({ service: "compute", body: /createImage/, when: "before", answer: "reset", times: 1 });
    const askedAtMs = await bench
      .drive(id, ({ ledger }) => ledger.some(({ kind }) => kind === "snapshot"))
      .then(() => bench.clock.now());
    const request = await bench.drive(id);
    expect(request.end).toEqual({ status: "completed" });
    const made = Date.parse(new Date(imageOf(bench, request).createdAt).toISOString());
    expect(made - askedAtMs).toBeGreaterThanOrEqual(120_000);
  });

  test("that loses that call, and the request is cancelled: twice it is looked for in vain before the entry is struck", async () => {
    const id = await post();
    bench.cloud.faults.add({ service: "compute", body: /createImage/, when: "before", answer: "reset", times: 1 });
    await bench.drive(
      id,
      ({ ledger, waiting }) => waiting !== undefined && ledger.some(({ kind }) => kind === "snapshot"),
    );
    await bench.call("cancel-image-request", "alice", { id });
    const request = await bench.drive(id);
    expect(request.end?.status).toBe("cancelled");
    expect(request.timeline.map(({ text }) => text)).toContain("making sure that nothing came of a lost call");
    await expectNothingLeft(bench, request, { image: false });
  });
});

describe("a cloud", () => {
  const at = async (id: string, step: string) => await bench.drive(id, (request) => request.step === step);

  test("whose Glance never comes back has the server given back by Nova all the same", async () => {
    const id = await post();
    await bench.drive(id, ({ step, ledger }) => step === "capture" && ledger.some((entry) => "thingId" in entry));
    bench.cloud.faults.add({ service: "image", when: "before", answer: { error: 503 } });
    const request = await bench.drive(id);
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
    expect(request.end).toMatchObject({
      status: "failed",
      leftovers: [/^trust /, /^image /].map(expect.stringMatching),
    });
  });

  test("that says yes to an unlock and does nothing is not believed: the lock is struck when it is seen to be gone", async () => {
    const id = await post();
    await at(id, "resume");
    const lie = { service: "compute", body: /unlock/, when: "before", answer: { shape: "page" }, times: 3 } as const;
    const placed = bench.cloud.faults.add(lie);
    const request = await bench.drive(id);
    expect(placed.hits).toBe(3);
    expect(request.end).toEqual({ status: "completed" });
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
  });

  test("that says yes to a lock and never does it is not asked without a pause", async () => {
    const id = await post();
    bench.cloud.faults.add({ service: "compute", body: /"lock"/, when: "before", answer: { shape: "page" } });
    const request = await bench.drive(id);
    expect(request.end?.status).toBe("failed");
    expect(bench.cloud.calls.filter(({ action }) => action === "lock").length).toBeLessThan(60);
  });

  test("that answers a proxy's page, or half of its JSON, is looked at again; only what stays so ends the request", async () => {
    const id = await post();
    await at(id, "describe");
    bench.cloud.faults.add({ service: "image", when: "before", answer: { shape: "page" }, times: 4 });
    expect((await bench.drive(id, ({ waiting }) => waiting !== undefined)).waiting?.why).toBe(
      "Glance answers what nobody understands",
    );
    bench.cloud.faults.add({ service: "image", when: "before", answer: { shape: "half" }, times: 4 });
    expect((await bench.drive(id)).end).toEqual({ status: "completed" });
  });

  test("that once has no such server does not have it left stopped and locked", async () => {
    const id = await post();
    await at(id, "resume");
    bench.cloud.faults.add({ service: "compute", when: "before", answer: { error: 404 }, times: 1 });
    expect((await bench.drive(id)).end).toEqual({ status: "completed" });
    expect(source()).toMatchObject({ vmState: "active", lockedBy: null });
  });

  test("that refuses to delete the delegation: the published image is the requester's, the trust is named, and the sweep deletes it", async () => {
    const id = await post();
    await at(id, "release");
    const refusal = bench.cloud.faults.add({
      service: "identity",
      method: "DELETE",
      when: "before",
      answer: { error: 400 },
    });
    const request = await bench.drive(id);
    expect(request.end).toEqual({ status: "completed", leftovers: [expect.stringMatching(/^trust /)] });
    const shown = await bench.call("get-image-request", "alice", { id });
    expect(shown.body).toMatchObject({
      status: "completed",
      image: { name: "first-image" },
      leftovers: [/^trust /].map(expect.stringMatching),
    });
    for (const key of [serverLock("simulated", source().id), nameLock("simulated", request.projectId, "first-image")])
      expect(await bench.runtime.locks.holder(key)).toBeUndefined();
    refusal.remove();
    bench.clock.advance(3_600_001);
    await sweepTrusts(bench.runtime);
    expect(Object.values(bench.cloud.state.trusts)).toEqual([]);
  });

  test("that throttles the call for a snapshot after having taken it makes one image: the client does not ask again by itself", async () => {
    const id = await post();
    const late = { error: 429, retryAfter: { seconds: 5 } } as const;
    bench.cloud.faults.add({ service: "compute", body: /createImage/, when: "after", answer: late, times: 1 });
    expect((await bench.drive(id)).end).toEqual({ status: "completed" });
    expect(bench.cloud.calls.filter(({ action }) => action === "createImage")).toHaveLength(1);
    expect(source().actions.filter(({ action }) => action === "createImage")).toHaveLength(1);
  });

  test("that says for hours to come back in two seconds is asked ever more slowly", async () => {
    const id = await post();
    await at(id, "describe");
    bench.cloud.calls.length = 0;
    bench.cloud.faults.add({ service: "image", when: "before", answer: { error: 503, retryAfter: { seconds: 2 } } });
    expect((await bench.drive(id)).end?.status).toBe("failed");
    expect(bench.cloud.calls.filter(({ path }) => path.includes("/images/")).length).toBeLessThan(500);
  });
});

describe("messages", () => {
  test("that a door cannot send are logged and left to the waker: the answer is the same, and the request goes on", async () => {
    const keep = { keepPaths: [{ path: "/srv", reason: "x" }] };
    const lines: string[] = [];
    const written = jest.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    const { send } = bench.runtime.queue;
    const lost = () => Object.assign(bench.runtime.queue, { send: () => Promise.reject(new Error("SQS is down")) });
    process.env.LOG_LEVEL = "warn";
    lost();
    const id = await post(keep);
    Object.assign(bench.runtime.queue, { send });
    await bench.drive(id, ({ waiting }) => waiting !== undefined);
    lost();
    const decided = await bench.call("decide-image-request", "carol", { id, body: { decision: "approve" } });
    Object.assign(bench.runtime.queue, { send });
    await bench.drive(id, ({ step }) => step === "capture");
    lost();
    const cancelled = await bench.call("cancel-image-request", "alice", { id });
    Object.assign(bench.runtime.queue, { send });
    process.env.LOG_LEVEL = "silent";
    written.mockRestore();
    expect([decided.status, cancelled.status]).toEqual([200, 202]);
    expect(lines.filter((line) => line.includes("left to the waker") && line.includes("SQS is down"))).toHaveLength(3);
    expect((await bench.drive(id)).end?.status).toBe("cancelled");
  });

  test("twice, late and of an older version do nothing", async () => {
    const id = await post();
    const first = bench.queue[0]?.message;
    if (!first) throw new Error("no message was sent");
    await bench.drive(id, ({ step }) => step === "quiesce");
    const { version } = (await bench.runtime.store.get(id)) ?? {};
    await bench.look(first);
    await bench.look({ ...first, step: "release" });
    expect((await bench.runtime.store.get(id))?.version).toBe(version);
    expect((await bench.drive(id)).end).toEqual({ status: "completed" });
    await bench.look(first);
  });

  test("all thrown away: the waker alone finishes the chain", async () => {
    const id = await post();
    bench.queue.splice(0);
    for (let rounds = 0; rounds < 200; rounds++) {
      const request = await bench.drive(id, () => bench.queue.length === 0 || true);
      if (request.endedAt) break;
      bench.clock.advance(Math.max(1, (request.wakeAtMs ?? 0) - bench.clock.now() + 1));
      const { wakeOverdue } = await import("../../lib/workflow/waker.ts");
      await wakeOverdue(bench.runtime);
      const woken = bench.queue.splice(0);
      for (const { message } of woken) await bench.look(message);
      bench.queue.splice(0); // what the step sent is lost
    }
    expect((await bench.runtime.store.get(id))?.end).toEqual({ status: "completed" });
  });

  test("two wakers at once send one message, and the next one only after a back-off", async () => {
    const id = await post();
    bench.queue.splice(0);
    const { wakeOverdue } = await import("../../lib/workflow/waker.ts");
    bench.clock.advance(60_001);
    const woken = await Promise.all([wakeOverdue(bench.runtime), wakeOverdue(bench.runtime)]);
    expect(woken.map((each) => each.woken).sort()).toEqual([0, 1]);
    expect(bench.queue).toHaveLength(1);
    bench.clock.advance(59_000);
    expect(await wakeOverdue(bench.runtime)).toEqual({ woken: 0 });
    expect((await bench.drive(id)).end).toEqual({ status: "completed" });
  });

  test("two at once: one worker works, the other does nothing", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "capture");
    const [sent] = bench.queue.splice(0);
    if (!sent) throw new Error("no message was sent");
    await Promise.all([bench.look(sent.message), bench.look(sent.message)]);
    expect(bench.cloud.calls.filter(({ action }) => action === "createImage")).toHaveLength(1);
    expect((await bench.drive(id)).end).toEqual({ status: "completed" });
  });
});

describe("a worker that dies", () => {
  test("right after Nova was asked for the snapshot leaves one image, adopted by the next", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "capture");
    const { store } = bench.runtime;
    const settle = store.settle;
    store.settle = () => Promise.reject(new Error("the worker was killed"));
    const [sent] = bench.queue.splice(0);
    if (sent) await bench.look(sent.message).catch(() => undefined);
    store.settle = settle;
    const request = await bench.drive(id);
    expect(request.end).toEqual({ status: "completed" });
    expect(bench.cloud.calls.filter(({ action }) => action === "createImage")).toHaveLength(1);
    await expectNothingLeft(bench, request, { image: true });
  });

  test("at every look of a step is poison: the request fails, naming the step, and is released", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "describe");
    const { store } = bench.runtime;
    const settle = store.settle;
    store.settle = (request, outcome, nowMs) =>
      request.step === "describe" && request.claim.count <= 5
        ? Promise.reject(new Error("a bug"))
        : settle(request, outcome, nowMs);
    for (let rounds = 0; rounds < 100; rounds++) {
      const ended = await bench.drive(id, ({ endedAt }) => endedAt !== undefined).catch(() => undefined);
      if (ended) break;
    }
    store.settle = settle;
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({
      status: "failed",
      problem: { detail: "Step describe failed 5 times without an answer." },
    });
    await expectNothingLeft(bench, request, { image: false });
  });
});
