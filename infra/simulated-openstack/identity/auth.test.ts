// Tokens, as measured on Keystone 22.
import { demoIds } from "../index.ts";
import { passwordBody, tryOut } from "../test-client.ts";

const tokens = "/identity/v3/auth/tokens";
const refused = {
  error: { code: 401, message: "The request you have made requires authentication.", title: "Unauthorized" },
};

test("a password gives a token of the user's own project, with implied roles and a catalogue", async () => {
  await using out = await tryOut();
  const { status, body, headers } = await out.ask("POST", tokens, passwordBody("alice"));
  expect(status).toBe(201);
  expect(headers.get("X-Subject-Token")).toMatch(/^gAAAAA/);
  expect(headers.get("x-openstack-request-id")).toMatch(/^req-[0-9a-f-]{36}$/);
  expect(body).toMatchObject({
    token: {
      methods: ["password"],
      user: { id: demoIds.users.alice, name: "alice", domain: { id: "default", name: "Default" } },
      project: { id: demoIds.projects["astro-lab"], name: "astro-lab" },
      is_domain: false,
      roles: [{ name: "member" }, { name: "reader" }],
      catalog: expect.arrayContaining([
        expect.objectContaining({
          type: "compute",
          endpoints: expect.arrayContaining([
            expect.objectContaining({ interface: "public", region: "RegionOne", url: `${out.cloud.url}/compute/v2.1` }),
          ]),
        }),
        expect.objectContaining({ type: "image" }),
        expect.objectContaining({ type: "identity" }),
      ]),
    },
  });
});

test.each([
  ["a wrong password", passwordBody("alice", { password: "wrong" })],
  ["a stranger", passwordBody("nobody")],
  ["a project without a role", passwordBody("alice", { scope: { project: { id: demoIds.projects["bio-lab"] } } })],
  ["a project that is not", passwordBody("alice", { scope: { project: { name: "nope", domain: { id: "default" } } } })],
  ["a trust that is not", passwordBody("darkroom", { scope: { "OS-TRUST:trust": { id: "nosuch" } } })],
])("%s is 401 and never says why", async (_what, body) => {
  await using out = await tryOut();
  const reply = await out.ask("POST", tokens, body);
  expect([reply.status, reply.body]).toEqual([401, refused]);
  expect(reply.headers.get("WWW-Authenticate")).toBe(`Keystone uri="${out.cloud.authUrl}"`);
});

test("bodies that are none are 400", async () => {
  await using out = await tryOut();
  const messages = [];
  for (const body of ["{bad", { auth: {} }, { auth: { identity: { methods: ["nonsense"] } } }]) {
    const reply = await out.ask("POST", tokens, body);
    messages.push([reply.status, (reply.body as { error: { message: string } }).error.message.split(".")[0]]);
  }
  expect(messages).toEqual([
    [400, "Expecting to find valid JSON in request body"],
    [400, "'identity' is a required property"],
    [400, "Expecting to find nonsense in identity"],
  ]);
});

test("a token shows itself; somebody else's is 403 for a member, and open to an administrator", async () => {
  await using out = await tryOut();
  const [alice, bob, admin] = [await out.as("alice"), await out.as("bob"), await out.as("admin")];
  const look = async (who: typeof alice, subject: string) =>
    (await who.ask("GET", tokens, undefined, { "X-Subject-Token": subject })).status;
  expect(await look(alice, alice.token)).toBe(200);
  expect((await alice.ask("HEAD", tokens, undefined, { "X-Subject-Token": alice.token })).status).toBe(200);
  expect(await look(alice, bob.token)).toBe(403);
  expect(await look(await out.as("darkroom"), bob.token)).toBe(403);
  expect(await look(admin, bob.token)).toBe(200);
  expect(await look(alice, "garbage")).toBe(404);
  expect(await look(out.withToken("garbage"), alice.token)).toBe(401);
  expect(await look(out.withToken(`${alice.token.slice(0, -2)}AA`), alice.token)).toBe(401);
});

test("a token made from a token keeps its end and its audit chain", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.clock.advance(3_600_000);
  const { body } = await out.ask("POST", tokens, {
    auth: {
      identity: { methods: ["token"], token: { id: alice.token } },
      scope: { project: { id: demoIds.projects["astro-lab"] } },
    },
  });
  expect(body).toMatchObject({
    token: {
      methods: ["password", "token"],
      issued_at: "2026-01-01T01:00:00.000000Z",
      expires_at: "2026-01-01T04:00:00.000000Z",
    },
  });
  expect((body as { token: { audit_ids: string[] } }).token.audit_ids).toHaveLength(2);
});

test("an expired token is 401 to use and 404 to look at", async () => {
  await using out = await tryOut({ serverTiming: { tokenLifetimeMs: 60_000 } });
  const alice = await out.as("alice");
  out.clock.advance(60_000);
  expect((await alice.ask("GET", "/identity/v3/auth/projects")).status).toBe(401);
  expect((await alice.ask("GET", "/compute/v2.1/servers")).status).toBe(401);
  const seen = await (await out.as("admin")).ask("GET", tokens, undefined, { "X-Subject-Token": alice.token });
  expect([seen.status, seen.body]).toEqual([
    404,
    { error: { code: 404, message: "Failed to validate token", title: "Not Found" } },
  ]);
});

test("a revoked token is refused, by Keystone at once, by a service that knew it only when it asks again", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.ask("GET", "/compute/v2.1/servers")).status).toBe(200);
  expect((await alice.ask("DELETE", tokens, undefined, { "X-Subject-Token": alice.token })).status).toBe(204);
  expect((await alice.ask("GET", "/identity/v3/auth/projects")).status).toBe(401);
  expect((await alice.ask("GET", "/image/v2/images")).status).toBe(401);
  expect((await alice.ask("GET", "/compute/v2.1/servers")).status).toBe(200);
  out.clock.advance(300_000);
  expect((await alice.ask("GET", "/compute/v2.1/servers")).status).toBe(401);
});

test("a disabled user gets no token, and those that are out are no good any more", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  expect(
    (await admin.ask("PATCH", `/identity/v3/users/${demoIds.users.alice}`, { user: { enabled: false } })).status,
  ).toBe(200);
  expect((await out.ask("POST", tokens, passwordBody("alice"))).status).toBe(401);
  expect((await alice.ask("GET", "/identity/v3/auth/projects")).status).toBe(401);
});

test("a role that is withdrawn ends the tokens that stand on it", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  const grant = `/identity/v3/projects/${demoIds.projects["astro-lab"]}/users/${demoIds.users.alice}/roles/${demoIds.roles.member}`;
  expect((await admin.ask("DELETE", grant)).status).toBe(204);
  expect((await alice.ask("GET", "/identity/v3/auth/projects")).status).toBe(401);
  expect((await admin.ask("PUT", grant)).status).toBe(204);
  expect((await alice.ask("GET", "/identity/v3/auth/projects")).status).toBe(200);
});

test("versions: 300 at the root, the document at /v3, 404 in HTML elsewhere", async () => {
  await using out = await tryOut();
  expect((await out.ask("GET", "/identity/")).status).toBe(300);
  expect((await out.ask("GET", "/identity/v3")).body).toMatchObject({
    version: { id: "v3.14", links: [{ href: `${out.cloud.url}/identity/v3/` }] },
  });
  const unknown = await out.ask("GET", "/identity/v3/nothing");
  expect([unknown.status, unknown.headers.get("Content-Type")]).toEqual([404, "text/html; charset=UTF-8"]);
});
