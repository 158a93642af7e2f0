// A cloud's events at the hook: they make a waiting step look, and are believed in nothing.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { openRuntimeWith } from "../../lib/runtime.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, expectNothingLeft, serverNow, startBench } from "./bench.ts";
import { machineSecret, signedCall } from "./signed-call.ts";

let bench: Bench;
beforeEach(async () => {
  const policy = { eventSecret: machineSecret, approvalNeededFor: [], testRamMib: 512 };
  bench = await startBench({ policy, table: openMemoryTable() });
});
afterEach(() => bench.close());

const post = async (more: Record<string, unknown> = {}) => {
  const { status, body } = await bench.call("create-image-request", "alice", { body: asking(bench, more) });
  if (status !== 202) throw new Error(`not accepted: ${JSON.stringify(body)}`);
  return body.id as string;
};

/** What the hook answers; how many messages it sent. */
async function tell(events: unknown, more: { secret?: string; headers?: Record<string, string> } = {}) {
  const before = bench.queue.length;
  const signed = signedCall(events, { atMs: bench.clock.now(), ...(more.secret && { secret: more.secret }) });
  const call = { ...signed, ...(more.headers && { headers: more.headers }), params: { provider: "simulated" } };
  const { status, body } = await bench.call("take-cloud-events", undefined, call);
  return { status, body, sent: bench.queue.slice(before) };
}

const event = (type: string, payload: Record<string, unknown>) => ({
  event_type: type,
  message_id: randomUUID(),
  payload,
});
const stopped = (uuid = bench.cloud.ids.server("analysis-1")) =>
  event("instance.power_off.end", { uuid, tenant_id: bench.cloud.ids.project("astro-lab"), state: "stopped" });

/** Waits, with its next look still ahead. */
const waitsIn = (step: string) => (request: ImageRequest) => request.step === step && request.waiting !== undefined;

/** Past the second within which nothing is looked at twice. */
const aMoment = () => bench.clock.advance(1_000);

test("an event shortens the wait to nothing: without it the next look is seconds away", async () => {
  const id = await post();
  const request = await bench.drive(id, ({ step, waiting }) => step === "quiesce" && (waiting?.looks ?? 0) >= 4);
  const nextLookInMs = Math.min(...bench.queue.map(({ dueMs }) => dueMs)) - bench.clock.now();
  expect(nextLookInMs).toBeGreaterThan(1_000);
  aMoment();
  const { status, body, sent } = await tell([stopped()]);
  expect({ status, body }).toEqual({ status: 202, body: { looks: 1 } });
  expect(sent).toEqual([{ message: expect.objectContaining({ version: request.version }), dueMs: bench.clock.now() }]);
  const ended = await bench.drive(id);
  expect(ended.end).toEqual({ status: "completed" });
  await expectNothingLeft(bench, ended, { image: true });
});

test("at most one look a second, whatever comes: an event right after a look is looked at when the second is over", async () => {
  await bench.drive(await post(), waitsIn("quiesce"));
  const lookedMs = bench.clock.now();
  expect((await tell([stopped()])).sent).toEqual([expect.objectContaining({ dueMs: lookedMs + 1_000 })]);
  for (let more = 0; more < 20; more++) expect((await tell([stopped(), stopped()])).sent).toEqual([]);
});

test("while a look is under way there is one more after it", async () => {
  const id = await post();
  const { version, step } = await bench.drive(id, waitsIn("quiesce"));
  const claim = { token: "other", untilMs: bench.clock.now() + 60_000 };
  await bench.runtime.store.claim(id, step, version, claim, bench.clock.now());
  expect((await tell([stopped()])).sent).toEqual([
    { message: expect.objectContaining({ version: version + 1 }), dueMs: bench.clock.now() + 2_000 },
  ]);
});

test("a false event changes nothing but when it is looked: the server that it calls deleted is imaged", async () => {
  const id = await post();
  for (const step of ["quiesce", "capture"]) {
    const before = await bench.drive(id, ({ step: now, waiting }) => now === step && waiting !== undefined);
    aMoment();
    const uuid = bench.cloud.ids.server("analysis-1");
    for (const type of ["instance.delete.end", "instance.create.error", "instance.snapshot.error"])
      await tell([event(type, { uuid, state: "deleted" })]);
    await tell([event("image.delete", { id: randomUUID(), status: "deleted", properties: { instance_uuid: uuid } })]);
    expect(await bench.runtime.store.get(id)).toEqual(before);
  }
  const ended = await bench.drive(id);
  expect(ended.end).toEqual({ status: "completed" });
  expect(serverNow(bench, "analysis-1").vmState).toBe("active");
});

test("a temporary server of ours is known by its name", async () => {
  const id = await post({ preparation: "clean" });
  const request = await bench.drive(id, waitsIn("sanitize"));
  const entry = request.ledger.find(({ kind }) => kind === "clean-server");
  aMoment();
  const payload = { uuid: randomUUID(), display_name: `darkroom-${entry?.mark}`, tenant_id: request.projectId };
  const another = { ...payload, display_name: "darkroom-000000000000000000000000" };
  expect((await tell([event("instance.create.end", another)])).sent).toEqual([]);
  expect((await tell([event("instance.create.end", { ...payload, tenant_id: "another" })])).sent).toEqual([]);
  expect((await tell([event("instance.create.end", payload)])).sent).toHaveLength(1);
});

test("who waits for a person, or no more, is left alone", async () => {
  const id = await post({ preparation: "as-is", review: true });
  await bench.drive(id, ({ waiting }) => waiting?.question !== undefined);
  aMoment();
  expect((await tell([stopped()])).sent).toEqual([]);
  await bench.call("cancel-image-request", "alice", { id, body: {} });
  await bench.drive(id);
  expect((await tell([stopped()])).sent).toEqual([]);
});

describe("who is believed:", () => {
  const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`x:${password}`).toString("base64")}` });
  const sample = (name: string) =>
    readFileSync(join(import.meta.dirname, `../../events/samples/${name}.json`), "utf8").replaceAll(
      "5fe057f9-73d0-4cb7-a50b-d22ef1e4eab3",
      bench.cloud.ids.server("analysis-1"),
    );
  beforeEach(async () => {
    await bench.drive(await post(), waitsIn("quiesce"));
    aMoment();
  });

  test("Ceilometer with the secret in its URL", async () => {
    const told = await tell(sample("05-ceilometer-batch-compute.instance.power_off.end"), {
      headers: basic(machineSecret),
    });
    expect(told).toMatchObject({ status: 202, body: { looks: 1 } });
  });

  test("Aodh, with an alarm about an event", async () => {
    const [collected] = JSON.parse(sample("06-ceilometer-batch-versioned-instance.snapshot.end"));
    const alarm = { alarm_id: randomUUID(), current: "alarm", reason_data: { type: "event", event: collected } };
    expect(await tell(alarm, { headers: basic(machineSecret) })).toMatchObject({ status: 202, body: { looks: 1 } });
  });

  test("the bridge, with a whole notification", async () => {
    expect(await tell(sample("15-bridge-instance.update-stopped"))).toMatchObject({ status: 202, body: { looks: 1 } });
  });

  test("nobody else, and a forged call reads nothing", async () => {
    const reads = countReads();
    const wrong = "whsec_ffffffffffffffffffffffffffffffffffffffffffffffff";
    for (const more of [{ secret: wrong }, { headers: {} }, { headers: basic(wrong) }, { headers: basic("") }]) {
      const { status, body, sent } = await tell([stopped()], more);
      expect({ status, sent, type: body.type }).toMatchObject({ status: 401, sent: [] });
      expect(JSON.stringify(body)).not.toContain("whsec_");
    }
    expect(reads()).toBe(0);
  });

  test("nor is a provider that is not there, or has no secret", async () => {
    const signed = signedCall([stopped()], { atMs: bench.clock.now() });
    expect(
      (await bench.call("take-cloud-events", undefined, { ...signed, params: { provider: "other" } })).status,
    ).toBe(401);
  });
});

test("a body that is too large, too deep, too long or no list of events is refused, though it is signed", async () => {
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const many = Array.from({ length: 501 }, () => stopped(randomUUID()));
  const statuses = [];
  for (const body of ["x".repeat(1_100_000), deep, many, '"text"', "{"]) statuses.push((await tell(body)).status);
  expect(statuses).toEqual([413, 422, 422, 422, 400]);
});

test("the same event twice is read once; nonsense is acknowledged", async () => {
  const reads = countReads();
  const other = stopped(randomUUID());
  await tell([other, other]);
  await tell([other]);
  expect(reads()).toBe(1);
  expect(await tell([null, 1, {}, { event_type: "instance.update" }])).toMatchObject({
    status: 202,
    body: { looks: 0 },
  });
  expect(reads()).toBe(1);
});

test("3,000 events, most about nothing of ours: one read each, one message, and memory that is bounded", async () => {
  const id = await post();
  const before = await bench.drive(id, waitsIn("quiesce"));
  aMoment();
  const reads = countReads();
  const sent: unknown[] = [];
  for (let batch = 0; batch < 60; batch++) {
    const others = Array.from({ length: 49 }, () => stopped(randomUUID()));
    sent.push(...(await tell([...others, stopped()])).sent);
  }
  expect(sent).toHaveLength(1);
  // One for each that is not ours; the lock and the request for each of the sixty that is.
  expect(reads()).toBe(49 * 60 + 2 * 60);
  expect(await bench.runtime.store.get(id)).toEqual(before);
  expect((await bench.drive(id)).end).toEqual({ status: "completed" });
});

/** From now on, how often the hook reads the table. */
function countReads(): () => number {
  const { store, locks } = bench.runtime;
  let reads = 0;
  const counted =
    <Args extends unknown[], Found>(read: (...args: Args) => Promise<Found>) =>
    (...args: Args) => {
      reads += 1;
      return read(...args);
    };
  openRuntimeWith({
    ...bench.runtime,
    locks: { ...locks, holder: counted(locks.holder) },
    store: { ...store, get: counted(store.get), listOfProject: counted(store.listOfProject) },
  });
  return () => reads;
}
