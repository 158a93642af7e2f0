// Signing in through Darkroom: what is handed back, what refusals tell, how often, and that nothing of it is kept.
import { openMemoryTable } from "../matrix/memory-table.ts";
import { type Bench, startBench } from "./bench.ts";

let bench: Bench;
let table: ReturnType<typeof openMemoryTable>;
const begin = async (policy: Record<string, unknown> = {}) => {
  table = openMemoryTable();
  bench = await startBench({ policy, table });
};
afterEach(() => bench.close());

const signIn = (body: object) => bench.call("create-token", undefined, { body });
const alice = { method: "password", user: "alice", password: "simulated" };
const inAstroLab = { ...alice, project: { name: "astro-lab" } };

describe("with a password", () => {
  test("the token is Keystone's own, for the project, with what it is good for", async () => {
    await begin();
    const { status, headers, body } = await signIn(inAstroLab);
    expect(status).toBe(201);
    expect(headers["cache-control"]).toBe("no-store");
    expect(body).toMatchObject({
      provider: "simulated",
      user: { id: bench.cloud.ids.user("alice"), name: "alice", domainId: "default" },
      project: { name: "astro-lab" },
      roles: ["member", "reader"],
      isStaff: false,
      projects: [{ name: "astro-lab" }],
      delegation: { by: "trust" },
    });
    const listed = await bench.call("list-image-requests", undefined, { headers: { "x-auth-token": body.token } });
    expect(listed.status).toBe(200);
  });

  test("a project is chosen afterwards, with the token; staff are told that they are", async () => {
    await begin();
    bench.grant("alice", "imaging-staff", "staff");
    const { body: first } = await signIn(inAstroLab);
    expect(first.projects.map(({ name }: { name: string }) => name)).toEqual(["astro-lab", "staff"]);
    const { status, body } = await signIn({
      method: "token",
      token: first.token,
      project: { id: bench.cloud.ids.project("staff") },
    });
    expect([status, body.project.name, body.isStaff]).toEqual([201, "staff", true]);
    const none = await signIn({ method: "token", token: first.token });
    expect([none.status, none.body.project, none.body.delegation.by]).toEqual([201, null, "no"]);
  });

  test("every sign-in that fails is answered alike, whoever exists", async () => {
    await begin();
    const refused = [
      { ...inAstroLab, password: "wrong" },
      { ...inAstroLab, user: "nobody-at-all" },
      { ...inAstroLab, project: { name: "bio-lab" } },
      { ...inAstroLab, project: { name: "no-such-project" } },
      { ...inAstroLab, domain: { name: "nowhere" } },
      { method: "token", token: "gAAAAA-nonsense" },
      { method: "application-credential", id: "f".repeat(32), secret: "x" },
    ];
    const bodies = [];
    for (const body of refused) {
      const { status, body: answer, headers } = await signIn(body);
      expect([status, headers["www-authenticate"]]).toEqual([401, "Keystone"]);
      bodies.push({ ...answer, openstackRequestId: undefined });
    }
    expect(new Set(bodies.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(bodies[0].detail).toContain("locked for a while");
    const locked = bench.cloud.state.users[bench.cloud.ids.user("alice")];
    if (locked) locked.enabled = false;
    expect((await signIn(inAstroLab)).body.type).toBe(bodies[0].type);
  });

  test("a password that has expired is told only to who knows it, in Keystone's words", async () => {
    await begin();
    const message = "The password is expired and needs to be changed for user: 5f.";
    bench.cloud.faults.add({
      service: "identity",
      method: "POST",
      path: /tokens$/,
      when: "before",
      answer: { error: 401, message },
    });
    expect((await signIn(inAstroLab)).body.type).toContain("password-expired");
  });

  test("a Keystone that is away is 503, and says when to come back", async () => {
    await begin();
    bench.cloud.faults.add({ service: "identity", method: "POST", path: /./, when: "before", answer: { error: 503 } });
    const { status, headers } = await signIn(inAstroLab);
    expect([status, Number(headers["retry-after"]) > 0]).toEqual([503, true]);
  });
});

test("an application credential signs in, by id and by name, and is told that it cannot delegate", async () => {
  await begin();
  const { body: signedIn } = await signIn(inAstroLab);
  const user = bench.cloud.ids.user("alice");
  const made = await fetch(`${bench.cloud.authUrl}/users/${user}/application_credentials`, {
    method: "POST",
    headers: { "x-auth-token": signedIn.token, "content-type": "application/json" },
    body: JSON.stringify({ application_credential: { name: "portal" } }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: Keystone's
  const { id, secret } = ((await made.json()) as any).application_credential;
  for (const body of [
    { method: "application-credential", id, secret },
    { method: "named-application-credential", name: "portal", user: "alice", secret },
  ]) {
    const answer = await signIn(body);
    expect([answer.status, answer.body.project.name, answer.body.projects]).toEqual([201, "astro-lab", []]);
    expect(answer.body.delegation).toEqual({
      by: "no",
      detail: expect.stringContaining("application credential"),
      remedy: expect.any(String),
    });
    const asked = await bench.call("create-image-request", undefined, {
      headers: { "x-auth-token": answer.body.token },
      body: {
        serverId: bench.cloud.ids.server("analysis-1"),
        name: "x",
        licenseAcknowledged: true,
        preparation: "as-is",
      },
    });
    expect([asked.status, asked.body.type]).toEqual([422, expect.stringContaining("cannot-delegate")]);
  }
});

test("tries are counted by name, whoever makes them and however it is written, and by address", async () => {
  await begin();
  const wrong = (user: string) => signIn({ ...alice, user, password: "wrong" });
  for (let tries = 0; tries < 20; tries++) expect((await wrong(tries % 2 ? "alice" : "ALICE")).status).toBe(401);
  const late = await signIn(inAstroLab);
  expect([late.status, late.body.type]).toEqual([429, expect.stringContaining("too-often")]);
  expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
  const asked = bench.cloud.calls.length;
  await signIn(inAstroLab);
  expect(bench.cloud.calls.length).toBe(asked);
  for (let tries = 0; tries < 78; tries++) await wrong(`guess-${tries}`);
  expect((await wrong("the-hundred-and-first")).status).toBe(429);
  bench.clock.advance(300_001);
  expect((await signIn(inAstroLab)).status).toBe(201);
});

test("nothing of a sign-in is kept: no secret, no token, no name in the table; wrong fields are named without what stands in them", async () => {
  await begin();
  const { body } = await signIn(inAstroLab);
  await signIn({ ...alice, password: "a secret of mine", project: { name: 7 } });
  const { body: wrong } = await signIn({ ...alice, password: "x".repeat(5000) });
  expect(wrong.errors).toEqual([expect.objectContaining({ field: "password" })]);
  expect(JSON.stringify(wrong)).not.toContain("xxx");
  const kept = JSON.stringify([...table.items.values()]);
  for (const each of ["alice", "simulated", "a secret of mine", body.token]) expect(kept).not.toContain(each);
});
