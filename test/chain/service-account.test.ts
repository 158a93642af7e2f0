// Callers whose sign-in cannot delegate: their work runs on an account of the operator's, where it may do no more than they may.
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, expectNothingLeft, imageOf, serverNow, startBench } from "./bench.ts";

let bench: Bench;
const begin = async (serviceAccounts: object[] = [{ cloud: "carol" }], policy: Record<string, unknown> = {}) => {
  bench = await startBench({ policy: { serviceAccounts, ...policy }, table: openMemoryTable() });
  bench.grant("carol", "member", "astro-lab");
};
afterEach(() => bench.close());

/** A token of alice's that Keystone lets nobody delegate with. */
async function credentialToken(): Promise<string> {
  const user = bench.cloud.ids.user("alice");
  const made = await fetch(`${bench.cloud.authUrl}/users/${user}/application_credentials`, {
    method: "POST",
    headers: { "x-auth-token": await bench.token("alice"), "content-type": "application/json" },
    body: JSON.stringify({ application_credential: { name: "portal" } }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: Keystone's
  const { id, secret } = ((await made.json()) as any).application_credential;
  const body = { method: "application-credential", id, secret };
  return (await bench.call("create-token", undefined, { body })).body.token;
}

const post = async (more: Record<string, unknown> = {}) =>
  bench.call("create-image-request", undefined, {
    headers: { "x-auth-token": await credentialToken() },
    body: asking(bench, more),
  });

const byCarol = () => bench.cloud.calls.filter(({ userId }) => userId === bench.cloud.ids.user("carol"));

test("an image is made on the account, in the caller's project; the timeline says so, and nothing is left", async () => {
  await begin();
  const { status, body } = await post();
  expect(status).toBe(202);
  const request = await bench.drive(body.id);
  expect(request.end).toEqual({ status: "completed" });
  expect(imageOf(bench, request).owner).toBe(bench.cloud.ids.project("astro-lab"));
  expect(request.timeline[0]?.text).toContain("account of this cloud's operator");
  expect(byCarol().map(({ action }) => action)).toEqual(expect.arrayContaining(["os-stop", "createImage", "os-start"]));
  expect(request.ledger.map(({ kind }) => kind)).not.toContain("trust");
  expect(serverNow(bench, "analysis-1").vmState).toBe("active");
  await expectNothingLeft(bench, request, { image: true });
});

test("a cancel takes everything back on it", async () => {
  await begin();
  const { body } = await post({ keepPaths: [{ path: "/srv", reason: "x" }] });
  await bench.drive(body.id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
  await bench.call("cancel-image-request", "alice", { id: body.id, body: { reason: "not needed" } });
  const request = await bench.drive(body.id);
  expect(request.end).toMatchObject({ status: "cancelled" });
  await expectNothingLeft(bench, request, { image: false });
});

test("who can delegate does: the account is not touched", async () => {
  await begin();
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  const request = await bench.drive(body.id);
  expect(request.end).toEqual({ status: "completed" });
  expect(byCarol()).toEqual([]);
});

test("an account without a role there, for other projects only, or with a role that the caller has not: refused as before", async () => {
  const refused = async () => {
    const { status, body } = await post();
    expect([status, body.type]).toEqual([422, expect.stringContaining("cannot-delegate")]);
    expect(Object.values(bench.cloud.state.trusts)).toEqual([]);
  };
  await begin([{ cloud: "bob" }]);
  await refused();
  await bench.close();
  await begin([{ cloud: "carol", projects: ["f".repeat(32)] }]);
  await refused();
  await bench.close();
  await begin();
  bench.grant("carol", "imaging-staff", "astro-lab");
  await refused();
});

test("of several the first that can is taken", async () => {
  await begin([{ cloud: "bob" }, { cloud: "carol" }]);
  const { status, body } = await post();
  expect([status, (await bench.drive(body.id)).end]).toEqual([202, { status: "completed" }]);
});

test("an account that loses its role half way: the server is given back by staff's credential, and the request ends in words", async () => {
  await begin([{ cloud: "carol" }], { staffCloud: "admin" });
  const { body } = await post();
  await bench.drive(body.id, ({ step }) => step === "capture");
  expect(serverNow(bench, "analysis-1").vmState).toBe("stopped");
  const { user, project } = bench.cloud.ids;
  bench.cloud.state.grants = bench.cloud.state.grants.filter(
    ({ userId, projectId }) => userId !== user("carol") || projectId !== project("astro-lab"),
  );
  bench.clock.advance(600_000); // services believe a token that they have seen for a while
  const request = await bench.drive(body.id);
  expect(request.end).toMatchObject({ status: "failed", problem: { detail: expect.stringContaining("no longer") } });
  expect(serverNow(bench, "analysis-1").vmState).toBe("active");
  await expectNothingLeft(bench, request, { image: false });
});

test("the sign-in says beforehand that it may be possible", async () => {
  await begin();
  const { delegation } = (
    await bench.call("create-token", undefined, { body: { method: "token", token: await bench.token("alice") } })
  ).body;
  expect(delegation.by).toBe("no");
  const user = bench.cloud.ids.user("alice");
  const made = await fetch(`${bench.cloud.authUrl}/users/${user}/application_credentials`, {
    method: "POST",
    headers: { "x-auth-token": await bench.token("alice"), "content-type": "application/json" },
    body: JSON.stringify({ application_credential: { name: "another" } }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: Keystone's
  const { id, secret } = ((await made.json()) as any).application_credential;
  const answer = await bench.call("create-token", undefined, {
    body: { method: "application-credential", id, secret },
  });
  expect(answer.body.delegation).toMatchObject({ by: "perhaps", detail: expect.stringContaining("operator") });
});
