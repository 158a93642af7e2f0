// Keystone says no to us in the middle of a request: a no that passes costs nobody their server, one that stays ends in words.
import { hashSecret } from "../../infra/simulated-openstack/identity/secrets.ts";
import type { Fault } from "../../infra/simulated-openstack/index.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, expectNothingLeft, serverNow, startBench } from "./bench.ts";

let bench: Bench;
const begin = async (policy: Record<string, unknown> = {}) => {
  bench = await startBench({ policy, table: openMemoryTable() });
};
afterEach(() => bench.close());

/** Longer than a token lives, and than services believe one that they have seen. */
const tokensEndMs = 5 * 3_600_000;

/** The server is stopped and locked, and whoever looks next must sign in anew. */
async function stoppedServer(): Promise<string> {
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  await bench.drive(body.id, ({ step }) => step === "resume");
  bench.clock.advance(tokensEndMs);
  return body.id;
}

const refusing = (status: number, more: Partial<Fault> = {}): Fault => ({
  service: "identity",
  method: "POST",
  path: /\/auth\/tokens$/,
  when: "before",
  answer: { error: status },
  ...more,
});
const onTrust = { body: /OS-TRUST/ };
const source = () => serverNow(bench, "analysis-1");
const given = { vmState: "active", lockedBy: null };

/** An hour of looks, in which nothing ends. */
async function waitedForAnHour(id: string) {
  const untilMs = bench.clock.now() + 3_600_000;
  const request = await bench.drive(id, ({ endedAt }) => endedAt !== undefined || bench.clock.now() >= untilMs);
  expect([request.endedAt, request.step]).toEqual([undefined, "resume"]);
  expect(request.waiting?.why).toBe("Keystone does not let Darkroom's own user in");
}

test.each([401, 404])("a Keystone that answers %d to every sign-in for an hour is waited for", async (status) => {
  await begin();
  const id = await stoppedServer();
  const placed = bench.cloud.faults.add(refusing(status));
  await waitedForAnHour(id);
  placed.remove();
  const request = await bench.drive(id);
  expect(request.end).toEqual({ status: "completed" });
  expect(source()).toMatchObject(given);
  await expectNothingLeft(bench, request, { image: true });
});

test("a password of our own user that was changed is the operator's to mend: waited for, and once it is mended the request goes on", async () => {
  await begin();
  const id = await stoppedServer();
  const user = bench.cloud.state.users[bench.cloud.ids.user("darkroom")];
  const passwordHash = user?.passwordHash;
  if (!user || !passwordHash) throw new Error("no service user");
  user.passwordHash = hashSecret("another");
  await waitedForAnHour(id);
  user.passwordHash = passwordHash;
  expect((await bench.drive(id)).end).toEqual({ status: "completed" });
  expect(source()).toMatchObject(given);
});

test("one that stays changed ends the request in words of ours, not of the requester's delegation", async () => {
  await begin();
  const id = await stoppedServer();
  const user = bench.cloud.state.users[bench.cloud.ids.user("darkroom")];
  if (user) user.passwordHash = hashSecret("another");
  const request = await bench.drive(id);
  expect(request.end).toMatchObject({
    status: "failed",
    problem: {
      type: "urn:darkroom:problem:service-unavailable",
      title: "Darkroom cannot sign in",
      remedy: expect.stringContaining("operator"),
    },
    leftovers: expect.arrayContaining(["the server is stopped", "the server's lock"]),
  });
});

test("where staff have a credential, the server is given back with it as soon as the request ends", async () => {
  await begin({ staffCloud: "admin" });
  const id = await stoppedServer();
  const user = bench.cloud.state.users[bench.cloud.ids.user("darkroom")];
  if (user) user.passwordHash = hashSecret("another");
  const request = await bench.drive(id);
  expect(request.end).toMatchObject({ status: "failed", problem: { title: "Darkroom cannot sign in" } });
  expect(request.end).not.toHaveProperty("leftovers");
  expect(source()).toMatchObject(given);
});

test("a no to the delegation alone ends the request; but release asks again, and a no that passes leaves nothing", async () => {
  await begin();
  const id = await stoppedServer();
  const placed = bench.cloud.faults.add(refusing(401, onTrust));
  await bench.drive(id, ({ step, waiting }) => step === "release" && waiting !== undefined);
  const untilMs = bench.clock.now() + 10 * 60_000;
  await bench.drive(id, () => bench.clock.now() >= untilMs);
  placed.remove();
  const request = await bench.drive(id);
  expect(request.end).toMatchObject({ status: "failed", problem: { type: "urn:darkroom:problem:delegation-revoked" } });
  expect(request.end).not.toHaveProperty("leftovers");
  expect(source()).toMatchObject(given);
  await expectNothingLeft(bench, request, { image: false });
});

test("an operator's account whose password is wrong for an hour is waited for; one that is configured no longer counts as such", async () => {
  await begin({ serviceAccounts: [{ cloud: "carol" }] });
  bench.grant("carol", "member", "astro-lab");
  const { user, project } = bench.cloud.ids;
  const made = await fetch(`${bench.cloud.authUrl}/users/${user("alice")}/application_credentials`, {
    method: "POST",
    headers: { "x-auth-token": await bench.token("alice"), "content-type": "application/json" },
    body: JSON.stringify({ application_credential: { name: "portal" } }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: Keystone's
  const { id: credential, secret } = ((await made.json()) as any).application_credential;
  const signIn = { method: "application-credential", id: credential, secret };
  const { token } = (await bench.call("create-token", undefined, { body: signIn })).body;
  const headers = { "x-auth-token": token };
  const { body } = await bench.call("create-image-request", undefined, { headers, body: asking(bench) });
  await bench.drive(body.id, ({ step }) => step === "resume");
  bench.clock.advance(tokensEndMs);
  const carol = bench.cloud.state.users[user("carol")];
  const passwordHash = carol?.passwordHash;
  if (!carol || !passwordHash) throw new Error("no carol");
  carol.passwordHash = hashSecret("another");
  await waitedForAnHour(body.id);
  carol.passwordHash = passwordHash;
  expect((await bench.drive(body.id)).end).toEqual({ status: "completed" });

  const provider = bench.runtime.providers.find("simulated");
  const gone = { kind: "account", mark: "m", intentAtMs: 0, account: "gone" } as const;
  const asked = { projectId: project("astro-lab"), ledger: [gone] };
  expect(await provider?.isLetIn(asked, (cloud) => cloud)).toBe(false);
});
