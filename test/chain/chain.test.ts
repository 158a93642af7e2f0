// One request becomes one published image: the good roads through the chain, and what staff and requesters may do on the way.

import { stepNames } from "../../lib/workflow/chain.ts";
import { asking, type Bench, expectNothingLeft, imageOf, serverNow, startBench } from "./bench.ts";
import { callsBesidePolling } from "./polling.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const post = async (more: Record<string, unknown> = {}) => {
  const { status, body } = await bench.call("create-image-request", "alice", { body: asking(bench, more) });
  if (status !== 202) throw new Error(`not accepted: ${JSON.stringify(body)}`);
  return body.id as string;
};

test("a running server becomes a private image, as asked, and runs again unlocked", async () => {
  const software = [{ name: "Trinity", path: "/opt/trinity" }];
  const version = { name: "1.0", changeLog: "first" };
  const posted = await bench.call("create-image-request", "alice", {
    body: asking(bench, {
      name: "Trinity 2.15",
      description: "what it is",
      tags: ["a", "b"],
      installedSoftware: software,
      version,
    }),
  });
  expect(posted).toMatchObject({ status: 202, headers: { location: `/v1/image-requests/${posted.body.id}` } });
  const request = await bench.drive(posted.body.id);

  expect(request.end).toEqual({ status: "completed" });
  const image = imageOf(bench, request);
  expect(image).toMatchObject({
    name: "Trinity 2.15",
    status: "active",
    visibility: "private",
    owner: bench.cloud.ids.project("astro-lab"),
    tags: ["a", "b"],
    minDiskGib: Math.ceil((image.virtualSizeBytes ?? 0) / 2 ** 30),
  });
  expect(image.properties).toMatchObject({
    description: "what it is",
    darkroom_request: request.id,
    darkroom_server: request.server.id,
    darkroom_base_image: bench.cloud.ids.image("debian-12"),
    darkroom_base_image_hash: expect.stringMatching(/^sha512:[0-9a-f]{128}$/),
    darkroom_software: JSON.stringify(software),
    darkroom_version: "1.0",
    darkroom_preparation: "as-is",
    hw_disk_bus: "virtio",
  });
  const snapshotOnly = [
    "image_type",
    "instance_uuid",
    "locked_reason",
    "base_image_ref",
    "boot_roles",
    "image_location",
    "image_state",
    "user_id",
    "owner_id",
    "darkroom_mark",
  ];
  expect(Object.keys(image.properties).filter((name) => snapshotOnly.includes(name))).toEqual([]);
  expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null, taskState: null });
  await expectNothingLeft(bench, request, { image: true });
});

test("the steps are passed in the table's order, those not built yet visibly, and each wait is one entry", async () => {
  const request = await bench.drive(await post());
  const steps = request.timeline.filter(({ what }) => what === "done" || what === "passed").map(({ step }) => step);
  expect(steps).toEqual(stepNames);
  const passed = request.timeline.filter(({ what }) => what === "passed").map(({ step }) => step);
  expect(passed).toEqual(["sanitize", "verify", "distribute"]);
  const waits = request.timeline.filter(({ what }) => what === "waiting").map(({ step, text }) => `${step} ${text}`);
  expect(new Set(waits).size).toBe(waits.length);
});

test("at most 25 calls to the cloud beside polling, none of them with bytes of the image", async () => {
  bench.cloud.calls.length = 0;
  await bench.drive(await post());
  const calls = callsBesidePolling(bench.cloud.calls);
  expect(calls.length).toBeLessThanOrEqual(25);
  expect(calls.filter((call) => call.includes("/file"))).toEqual([]);
});

test("a stopped server is locked for the snapshot and stays stopped", async () => {
  const request = await bench.drive(await post({ serverId: bench.cloud.ids.server("stopped-1") }));
  expect(request.end).toEqual({ status: "completed" });
  expect(serverNow(bench, "stopped-1")).toMatchObject({ vmState: "stopped", lockedBy: null });
  expect(bench.cloud.calls.filter(({ action }) => action === "os-start" || action === "os-stop")).toEqual([]);
});

test("asked live, a running server is never stopped, only locked", async () => {
  const request = await bench.drive(await post({ consistency: "live" }));
  expect(request.end).toEqual({ status: "completed" });
  expect(bench.cloud.calls.flatMap(({ action }) => action ?? [])).toEqual(["lock", "createImage", "unlock"]);
});

test("a guest that ignores ACPI takes longer to stop and is imaged all the same", async () => {
  const request = await bench.drive(await post({ serverId: bench.cloud.ids.server("ignores-acpi-1") }));
  expect(request.end).toEqual({ status: "completed" });
});

test("while it works, the server's owner reads why it is locked", async () => {
  await bench.drive(await post(), ({ step }) => step === "capture");
  expect(serverNow(bench, "analysis-1").lockedReason).toMatch(/^Darkroom is making an image of this server/);
});

test("provenance of an earlier image is not inherited: what a snapshot copies from its base is set anew", async () => {
  const first = await bench.drive(await post({ description: "of the first" }));
  const source = bench.cloud.state.servers[bench.cloud.ids.server("stopped-1")];
  Object.assign(source?.systemMetadata ?? {}, imageOf(bench, first).properties);
  const second = await bench.drive(await post({ serverId: bench.cloud.ids.server("stopped-1"), name: "second-image" }));
  const { properties } = imageOf(bench, second);
  expect(properties.darkroom_request).toBe(second.id);
  expect(properties.description).toBeUndefined();
});

test("what Glance cannot keep as it is, is kept as JSON's ASCII: paths may hold any character", async () => {
  const installedSoftware = [{ name: "日本", path: "/opt/\u{1f52c}" }];
  const request = await bench.drive(await post({ installedSoftware }));
  expect(request.end).toEqual({ status: "completed" });
  const kept = imageOf(bench, request).properties.darkroom_software ?? "";
  expect(kept).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(kept)).toEqual(installedSoftware);
});

const keep = { keepPaths: [{ path: "/home/shared", reason: "course material" }] };

describe("what needs staff", () => {
  test("waits for them untouched, and goes on when one approves", async () => {
    const id = await post(keep);
    const waiting = await bench.drive(id, ({ waiting }) => waiting !== undefined);
    expect(waiting.step).toBe("approve");
    const shown = await bench.call("get-image-request", "alice", { id });
    expect(shown.body).toMatchObject({
      status: "awaiting-approval",
      waitingFor: { why: expect.stringContaining("paths are to be kept") },
    });
    expect(bench.cloud.calls.filter(({ action }) => action)).toEqual([]);

    const decided = await bench.call("decide-image-request", "carol", {
      id,
      body: { decision: "approve", reason: "fine" },
    });
    expect(decided.status).toBe(200);
    const request = await bench.drive(id);
    expect(request.end).toEqual({ status: "completed" });
    expect(imageOf(bench, request).properties.darkroom_kept_paths).toBe(JSON.stringify(keep.keepPaths));
  });

  test("denied, it ends so with the reason; the server was never touched", async () => {
    const id = await post(keep);
    await bench.drive(id, ({ waiting }) => waiting !== undefined);
    await bench.call("decide-image-request", "carol", { id, body: { decision: "deny", reason: "not that path" } });
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({
      status: "denied",
      problem: { detail: "carol denied the request: not that path" },
    });
    expect(bench.cloud.calls.filter(({ action }) => action)).toEqual([]);
    await expectNothingLeft(bench, request, { image: false });
  });

  test("not decided in time, it expires", async () => {
    const request = await bench.drive(await post(keep));
    expect(request.end).toMatchObject({ status: "expired" });
    expect(bench.clock.now() - Date.parse(request.createdAt)).toBeGreaterThanOrEqual(14 * 86_400_000);
    await expectNothingLeft(bench, request, { image: false });
  });

  test("only staff of this provider decide, once, with a reason for a no, and nobody about their own", async () => {
    const id = await post(keep);
    const early = await bench.call("decide-image-request", "carol", { id, body: { decision: "approve" } });
    expect(early).toMatchObject({ status: 409, body: { type: "urn:darkroom:problem:not-waiting" } });
    await bench.drive(id, ({ waiting }) => waiting !== undefined);
    const decide = (person: "alice" | "bob" | "carol", body: unknown) =>
      bench.call("decide-image-request", person, { id, body });
    expect((await decide("alice", { decision: "approve" })).status).toBe(403);
    expect((await decide("bob", { decision: "approve" })).status).toBe(404);
    expect(await decide("carol", { decision: "deny" })).toMatchObject({
      status: 422,
      body: { errors: [{ field: "reason" }] },
    });
    expect((await decide("carol", { decision: "approve" })).status).toBe(200);
    expect((await decide("carol", { decision: "deny", reason: "too late" })).status).toBe(409);
  });
});

describe("who decides", () => {
  test("a member of the project who did not ask, and staff's role on another project, count for nothing", async () => {
    bench.grant("bob", "member", "astro-lab");
    bench.grant("bob", "imaging-staff", "astro-lab");
    bench.grant("bob", "imaging-staff", "bio-lab");
    const id = await post(keep);
    await bench.drive(id, ({ waiting }) => waiting !== undefined);
    const inProject = { "x-auth-token": await bench.token("bob", "astro-lab") };
    const decision = { id, body: { decision: "approve" } };
    expect((await bench.call("decide-image-request", undefined, { ...decision, headers: inProject })).status).toBe(403);
    expect((await bench.call("decide-image-request", "bob", decision)).status).toBe(404);
    expect((await bench.drive(id)).end?.status).toBe("expired");
  });

  test("the requester, though staff, does not decide about their own request", async () => {
    bench.grant("carol", "member", "astro-lab");
    const headers = { "x-auth-token": await bench.token("carol", "astro-lab") };
    const { body } = await bench.call("create-image-request", undefined, { body: asking(bench, keep), headers });
    await bench.drive(body.id, ({ waiting }) => waiting !== undefined);
    const decided = await bench.call("decide-image-request", "carol", { id: body.id, body: { decision: "approve" } });
    expect(decided).toMatchObject({ status: 403, body: { type: "urn:darkroom:problem:own-request" } });
  });
});

test("the delegation is for the one project, without admin, though the token has it", async () => {
  bench.grant("alice", "admin", "astro-lab");
  const id = await post();
  const { trusts, roles } = bench.cloud.state;
  const [trust] = Object.values(trusts);
  expect(trust).toMatchObject({
    projectId: bench.cloud.ids.project("astro-lab"),
    impersonation: true,
    extra: { darkroom_request: id },
  });
  expect(trust?.roleIds.map((role) => roles[role]?.name).sort()).toEqual(["member", "reader"]);
  expect((await bench.drive(id)).end).toEqual({ status: "completed" });
});

describe("a cancel", () => {
  for (const step of stepNames.filter((name) => name !== "release")) {
    test(`at ${step} gives everything back and leaves nothing`, async () => {
      const id = await post(step === "approve" ? keep : {});
      await bench.drive(id, (request) => request.step === step);
      const cancelled = await bench.call("cancel-image-request", "alice", { id, body: { reason: "wrong server" } });
      expect(cancelled.status).toBe(202);
      const request = await bench.drive(id);
      expect(request.end).toMatchObject({
        status: "cancelled",
        problem: { detail: "Cancelled by alice: wrong server." },
      });
      expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null, taskState: null });
      await expectNothingLeft(bench, request, { image: false });
    });
  }

  for (const step of ["quiesce", "capture", "resume"] as const) {
    test(`in the middle of ${step}'s waiting gives everything back`, async () => {
      const id = await post();
      await bench.drive(id, (request) => request.step === step && request.waiting !== undefined);
      await bench.call("cancel-image-request", "alice", { id });
      const request = await bench.drive(id);
      expect(request.end?.status).toBe("cancelled");
      expect(serverNow(bench, "analysis-1")).toMatchObject({ vmState: "active", lockedBy: null });
      await expectNothingLeft(bench, request, { image: false });
    });
  }

  test("that is too late is refused, and one that was said is said twice without harm", async () => {
    const id = await post();
    await bench.drive(id, ({ step }) => step === "capture");
    expect((await bench.call("cancel-image-request", "alice", { id })).status).toBe(202);
    expect((await bench.call("cancel-image-request", "alice", { id })).status).toBe(202);
    const other = await post({ serverId: bench.cloud.ids.server("stopped-1"), name: "other" });
    await bench.drive(other);
    expect(await bench.call("cancel-image-request", "alice", { id: other })).toMatchObject({
      status: 409,
      body: { type: "urn:darkroom:problem:too-late" },
    });
  });

  test("that comes while the last step before release is being written still holds", async () => {
    const id = await post();
    const before = await bench.drive(id, ({ step }) => step === "distribute");
    const claimed = await bench.runtime.store.claim(
      id,
      "distribute",
      before.version,
      { token: "t", untilMs: bench.clock.now() + 60_000 },
      bench.clock.now(),
    );
    if (!claimed) throw new Error("not claimed");
    await bench.call("cancel-image-request", "alice", { id });
    const { learned, ledger, timeline } = claimed;
    const outcome = {
      step: "release",
      end: { status: "completed" },
      learned,
      ledger,
      timeline,
      wakeAtMs: bench.clock.now() + 1,
    } as const;
    await bench.runtime.store.settle(claimed, outcome, bench.clock.now());
    const request = await bench.drive(id);
    expect(request.end?.status).toBe("cancelled");
    await expectNothingLeft(bench, request, { image: false });
  });
});
