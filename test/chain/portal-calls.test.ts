// A portal or a CI has an image made by a signed call: as it was configured, once a delivery, with the authority of the user that it is configured with.
import { openMemoryTable } from "../matrix/memory-table.ts";
import { type Bench, expectNothingLeft, imageOf, startBench } from "./bench.ts";
import { machineSecret, signedCall } from "./signed-call.ts";

const request = {
  serverId: "e0000000-0000-4000-8000-000000000001",
  name: "nightly {date} {build}",
  tags: ["ci"],
  licenseAcknowledged: true,
  preparation: "as-is",
};
const nightly = { secret: machineSecret, provider: "simulated", cloud: "alice", given: ["build"], request };

let bench: Bench;
beforeEach(async () => {
  const portals = {
    nightly,
    "of-bob": { ...nightly, cloud: "bob" },
    public: { ...nightly, request: { ...request, visibility: "public" } },
  };
  bench = await startBench({ table: openMemoryTable(), portals });
});
afterEach(() => bench.close());

interface Sending {
  id?: string;
  name?: string;
  secret?: string;
  sentMsAgo?: number;
}

async function send(
  body: unknown = { data: { build: 1 } },
  { name = "nightly", sentMsAgo = 0, ...more }: Sending = {},
) {
  const call = signedCall(body, { atMs: bench.clock.now() - sentMsAgo, ...more });
  return await bench.call("take-portal-call", undefined, { ...call, params: { portal: name } });
}

const trusts = () => Object.values(bench.cloud.state.trusts);

test("the image is made as it was configured, by the user that it was configured with", async () => {
  const { status, body, headers } = await send({ type: "build", data: { build: 142, visibility: "public" } });
  expect({ status, body }).toMatchObject({ status: 202, body: { status: "running", again: false } });
  expect(headers.location).toBe(`/v1/image-requests/${body.id}`);
  const ended = await bench.drive(body.id);
  expect(ended.end).toEqual({ status: "completed" });
  const date = new Date(bench.clock.now()).toISOString().slice(0, 10);
  expect(imageOf(bench, ended)).toMatchObject({ name: `nightly ${date} 142`, tags: ["ci"], visibility: "private" });
  expect(ended.requester.userName).toBe("alice");
  await expectNothingLeft(bench, ended, { image: true });
  expect((await bench.call("get-image-request", "alice", { id: body.id })).status).toBe(200);
  expect((await bench.call("get-image-request", "bob", { id: body.id })).status).toBe(404);
});

test("the same delivery twice is one request: at once, after it has ended, on another day with another body", async () => {
  const twins = await Promise.all([send(undefined, { id: "msg_1" }), send(undefined, { id: "msg_1" })]);
  const first = twins[0].body.id;
  expect(twins.map(({ status, body }) => [status, body.id])).toEqual([
    [202, first],
    [202, first],
  ]);
  expect(twins.filter(({ body }) => body.again)).toHaveLength(1);
  expect(trusts()).toHaveLength(1);
  await bench.drive(first);
  bench.clock.advance(86_400_000);
  const later = await send({ data: { build: 2 } }, { id: "msg_1" });
  expect(later).toMatchObject({ status: 202, body: { id: first, status: "completed", again: true } });
  expect(trusts()).toEqual([]);
  const another = await send({ data: { build: 2 } }, { id: "msg_2" });
  expect(another).toMatchObject({ status: 202, body: { again: false } });
  expect(another.body.id).not.toBe(first);
});

test.each<[string, Sending]>([
  ["with another secret", { secret: "whsec_ffffffffffffffffffffffffffffffffffffffffffffffff" }],
  ["sent six minutes ago", { sentMsAgo: 360_000 }],
  ["sent six minutes ahead", { sentMsAgo: -360_000 }],
  ["of a portal that is not there", { name: "other" }],
])("not believed, and nothing begun: %s", async (_what, how) => {
  const { status, body } = await send(undefined, how);
  expect({ status, type: body.type }).toMatchObject({ status: 401, type: expect.stringContaining("not-signed") });
  expect([bench.queue, trusts(), bench.cloud.calls.filter(({ method }) => method === "POST")]).toEqual([[], [], []]);
});

test("the secret itself is no signature here", async () => {
  const headers = { authorization: `Bearer ${machineSecret}` };
  const answer = await bench.call("take-portal-call", undefined, { body: {}, headers, params: { portal: "nightly" } });
  expect(answer.status).toBe(401);
});

test("what cannot be asked for is refused by its field, and taken when the delivery is repeated rightly", async () => {
  expect(await send({}, { id: "msg_1" })).toMatchObject({ status: 422, body: { errors: [{ field: "build" }] } });
  expect(await send(undefined, { name: "public" })).toMatchObject({
    status: 422,
    body: { errors: [{ field: "visibility" }] },
  });
  // A server of another project than the configured user's.
  expect(await send(undefined, { name: "of-bob" })).toMatchObject({
    status: 422,
    body: { errors: [{ field: "serverId" }] },
  });
  expect([bench.queue, trusts()]).toEqual([[], []]);
  expect(await send(undefined, { id: "msg_1" })).toMatchObject({ status: 202, body: { again: false } });
});

test("one request a server: the next delivery is told to wait", async () => {
  const { body } = await send();
  const second = await send({ data: { build: 2 } });
  expect(second).toMatchObject({ status: 409, body: { type: expect.stringContaining("request-under-way") } });
  await bench.drive(body.id);
  expect((await send({ data: { build: 3 } })).status).toBe(202);
});

test("it is recorded who asked for what by which portal", async () => {
  const { body } = await send();
  const page = await bench.runtime.table.query({
    index: "byList",
    key: (terms) => `${terms.path("listKey")} = ${terms.value("audit#simulated")}`,
    limit: 10,
  });
  expect(page.items).toEqual([
    expect.objectContaining({
      action: "take-portal-call",
      about: { kind: "image-request", id: body.id },
      facts: expect.objectContaining({ portal: "nightly" }),
    }),
  ]);
});

test.each([
  ["at once", { service: "identity", method: "POST", path: /tokens/, when: "before", answer: { error: 401 } }],
  ["in the middle", { service: "compute", when: "before", answer: { error: 401 } }],
] as const)(
  "the portal's own entry is let in no more, %s: the operator's to mend, not the signature's fault",
  async (_when, fault) => {
    bench.cloud.faults.add(fault);
    const { status, body } = await send();
    expect([status, body.detail]).toEqual([503, expect.stringContaining("`portals.nightly.cloud`")]);
    expect([bench.queue, trusts()]).toEqual([[], []]);
  },
);
