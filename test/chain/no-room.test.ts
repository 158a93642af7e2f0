// The cloud has no room for a temporary server: no host, no quota, no flavor. Tried again where that may pass, refused in words where not.
import { lookAtOnce } from "../../lib/hooks/look-at-once.ts";
import { type Bench, expectNothingLeft, imageOf, temporaryServers } from "./bench.ts";
import { guestsSay, post, startCleaningBench } from "./speaking-guests.ts";

const noHost = "No valid host was found. There are not enough hosts available.";

let bench: Bench;
beforeEach(async () => {
  bench = await startCleaningBench();
  guestsSay(bench, {});
});
afterEach(() => bench.close());

/** The server that is being built ends in ERROR, as Nova's scheduler leaves it; false: there is none that is being built. */
function failBuilding(message: string): boolean {
  const server = Object.values(bench.cloud.state.servers).find(
    ({ name, vmState }) => name.startsWith("darkroom-") && vmState === "building",
  );
  if (!server) return false;
  const fault = { code: 500, message, at: bench.clock.now(), details: null };
  Object.assign(server, { vmState: "error", taskState: null, hostId: "", operation: null, fault });
  return true;
}

/** `times` temporary servers find no host. */
async function driven(times: number, message = noHost) {
  const id = await post(bench);
  for (let failed = 0; failed < times; failed++) {
    const seen = await bench.drive(id, ({ endedAt }) => endedAt !== undefined || failBuilding(message));
    if (seen.endedAt) return { request: seen, failed };
  }
  return { request: await bench.drive(id), failed: times };
}

test("no host for a moment: another server is tried, and the request completes", async () => {
  const { request, failed } = await driven(2);
  expect([failed, request.end]).toEqual([2, { status: "completed" }]);
  expect(request.ledger.filter(({ kind }) => kind === "clean-server")).toHaveLength(3);
  expect(request.timeline.map(({ text }) => text)).toContain("Nova had no room for the temporary server");
  await expectNothingLeft(bench, request, { image: true });
});

test("the pause before another server is not shortened by events: they come of our own removal of the first", async () => {
  const id = await post(bench);
  await bench.drive(id, () => failBuilding(noHost));
  const request = await bench.drive(id, ({ waiting }) => waiting?.restsUntilMs !== undefined);
  const mark = request.ledger.find(({ kind }) => kind === "clean-server")?.mark ?? "";
  const hints = [{ id: "event-1", mark, projectId: request.projectId }];
  const ofSource = { id: "event-2", serverId: request.server.id };
  bench.clock.advance(2_000);
  expect(await lookAtOnce(bench.runtime, request.provider, [...hints, ofSource])).toBe(0);
  bench.clock.advance(120_000);
  expect(await lookAtOnce(bench.runtime, request.provider, [{ ...ofSource, id: "event-3" }])).toBe(1);
});

test("no host again and again: refused with Nova's words, after some minutes, and nothing is left", async () => {
  const { request, failed } = await driven(9);
  expect(failed).toBe(4);
  expect(request.end).toMatchObject({
    status: "failed",
    problem: { type: expect.stringContaining("cannot-boot"), detail: expect.stringContaining(noHost) },
  });
  const tookMs = Date.parse(request.endedAt ?? "") - Date.parse(request.createdAt);
  expect(tookMs).toBeGreaterThan(3 * 120_000);
  expect(tookMs).toBeLessThan(15 * 60_000);
  await expectNothingLeft(bench, request, { image: false });
});

test("a build that fails for another reason is not tried again", async () => {
  const { request, failed } = await driven(9, "internal error: process exited while connecting to monitor");
  expect([failed, request.end?.status]).toEqual([1, "failed"]);
  expect(JSON.stringify(request.end)).toContain("process exited");
  await expectNothingLeft(bench, request, { image: false });
});

test("quota that is used up meanwhile: refused with Nova's words, and nothing is left", async () => {
  const id = await post(bench);
  await bench.drive(id, ({ step }) => step === "sanitize");
  bench.cloud.state.quota.instances = Object.values(bench.cloud.state.servers).filter(
    ({ projectId }) => projectId === bench.cloud.ids.project("astro-lab"),
  ).length;
  const request = await bench.drive(id);
  expect(request.end).toMatchObject({ status: "failed", problem: { type: expect.stringContaining("over-quota") } });
  expect(JSON.stringify(request.end)).toContain("Quota exceeded for instances");
  await expectNothingLeft(bench, request, { image: false });
});

test("a flavor that is gone meanwhile: refused, naming what was needed", async () => {
  const id = await post(bench);
  await bench.drive(id, ({ step }) => step === "sanitize");
  const { flavors } = bench.cloud.state;
  for (const flavor of Object.values(flavors)) if (flavor.diskGib >= 20) delete flavors[flavor.id];
  const request = await bench.drive(id);
  expect(request.end).toMatchObject({ problem: { type: expect.stringContaining("no-flavor") } });
  expect(JSON.stringify(request.end)).toContain("a disk of at least 20 GiB");
  await expectNothingLeft(bench, request, { image: false });
});

test("the temporary server has no network, has a config drive, and the least flavor that fits; there is one at a time", async () => {
  const id = await post(bench);
  let most = 0;
  const request = await bench.drive(id, ({ endedAt }) => {
    most = Math.max(most, temporaryServers(bench).length);
    return endedAt !== undefined;
  });
  expect(request.end).toEqual({ status: "completed" });
  expect(most).toBe(1);
  const made = Object.values(bench.cloud.state.servers).filter(({ name }) => name.startsWith("darkroom-"));
  expect(made.map(({ flavor, configDrive }) => [flavor.name, configDrive])).toEqual([
    ["m1.small", true],
    ["m1.small", true],
  ]);
  expect(made.map(({ imageId }) => imageId)).toEqual([request.learned.capture?.snapshotId, imageOf(bench, request).id]);
});
