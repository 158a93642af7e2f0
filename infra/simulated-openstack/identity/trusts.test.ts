// Trusts, as measured on Keystone 22.
import { demoIds } from "../index.ts";
import { passwordBody, type Reply, type Speaker, type TryOut, tryOut } from "../test-client.ts";

const trusts = "/identity/v3/OS-TRUST/trusts";
const wish = (changes: Record<string, unknown> = {}) => ({
  trust: {
    trustor_user_id: demoIds.users.alice,
    trustee_user_id: demoIds.users.darkroom,
    project_id: demoIds.projects["astro-lab"],
    roles: [{ name: "member" }],
    impersonation: true,
    ...changes,
  },
});
const idOf = ({ body }: Reply): string => (body as { trust: { id: string } }).trust.id;
const messageOf = ({ status, body }: Reply) => [status, (body as { error: { message: string } }).error.message];

async function trustToken(out: TryOut, trustId: string): Promise<Speaker> {
  const reply = await out.ask(
    "POST",
    "/identity/v3/auth/tokens",
    passwordBody("darkroom", { scope: { "OS-TRUST:trust": { id: trustId } } }),
  );
  if (reply.status !== 201) throw new Error(reply.text);
  return out.withToken(reply.headers.get("X-Subject-Token") ?? "");
}

test("a trust is stored with attributes that Keystone does not know, and the trustee lists it", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const made = await alice.ask(
    "POST",
    trusts,
    wish({ darkroom_mark: "m1", expires_at: "2026-01-05T00:00:00.000000Z" }),
  );
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    trust: {
      darkroom_mark: "m1",
      impersonation: true,
      expires_at: "2026-01-05T00:00:00.000000Z",
      remaining_uses: null,
      roles: [{ name: "member" }],
    },
  });
  const listed = await (await out.as("darkroom")).ask("GET", `${trusts}?trustee_user_id=${demoIds.users.darkroom}`);
  expect(listed.body).toMatchObject({ trusts: [{ id: idOf(made), darkroom_mark: "m1" }] });
  expect((listed.body as { trusts: object[] }).trusts[0]).not.toHaveProperty("roles");
});

test.each([
  ["admin's role", { roles: [{ name: "admin" }] }, 404, `Could not find role: ${demoIds.roles.admin}.`],
  ["a role that is not", { roles: [{ name: "nonsuch" }] }, 404, "Role nonsuch is not defined"],
  [
    "no role",
    { roles: [] },
    403,
    "You are not authorized to perform the requested action: At least one role should be specified.",
  ],
  [
    "for somebody else",
    { trustor_user_id: demoIds.users.bob },
    403,
    "You are not authorized to perform the requested action: identity:create_trust.",
  ],
  ["to nobody", { trustee_user_id: "nobody" }, 404, "Could not find user: nobody."],
  [
    "in a project without a role",
    { project_id: demoIds.projects["bio-lab"], roles: [{ id: demoIds.roles.member }] },
    404,
    `Could not find role: ${demoIds.roles.member}.`,
  ],
  [
    "that has ended",
    { expires_at: "2020-01-01T00:00:00.000000Z" },
    400,
    expect.stringContaining("The 'expires_at' must not be before now."),
  ],
  ["that ends tomorrow", { expires_at: "tomorrow" }, 400, expect.stringContaining("Timestamp not in expected format.")],
  ["for no use", { remaining_uses: 0 }, 400, expect.stringContaining("minimum of 1")],
])("a trust %s is refused", async (_what, changes, status, message) => {
  await using out = await tryOut();
  expect(messageOf(await (await out.as("alice")).ask("POST", trusts, wish(changes)))).toEqual([status, message]);
  expect(out.cloud.state.trusts).toEqual({});
});

test("impersonation must be said", async () => {
  await using out = await tryOut();
  const { trust } = wish();
  const { impersonation: _, ...rest } = trust;
  expect(messageOf(await (await out.as("alice")).ask("POST", trusts, { trust: rest }))).toEqual([
    400,
    "'impersonation' is a required property",
  ]);
});

test("with impersonation the trust's token acts as the trustor; Nova and Glance work with it", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = idOf(await alice.ask("POST", trusts, wish()));
  const reply = await out.ask(
    "POST",
    "/identity/v3/auth/tokens",
    passwordBody("darkroom", { scope: { "OS-TRUST:trust": { id } } }),
  );
  expect(reply.body).toMatchObject({
    token: {
      user: { id: demoIds.users.alice },
      project: { id: demoIds.projects["astro-lab"] },
      roles: [{ name: "member" }, { name: "reader" }],
      "OS-TRUST:trust": { id, impersonation: true, trustee_user: { id: demoIds.users.darkroom } },
    },
  });
  const acting = out.withToken(reply.headers.get("X-Subject-Token") ?? "");
  const { body } = await acting.act(demoIds.servers["stopped-1"], { createImage: { name: "by trust" } });
  const image = (await acting.ask("GET", `/image/v2/images/${(body as { image_id: string }).image_id}`)).body;
  expect(image).toMatchObject({ owner: demoIds.projects["astro-lab"], user_id: demoIds.users.alice });
});

test("without impersonation it stays the trustee, in the trustor's project", async () => {
  await using out = await tryOut();
  const id = idOf(await (await out.as("alice")).ask("POST", trusts, wish({ impersonation: false })));
  const acting = await trustToken(out, id);
  const { body } = await acting.act(demoIds.servers["stopped-1"], { createImage: { name: "by trust" } });
  const image = (await acting.ask("GET", `/image/v2/images/${(body as { image_id: string }).image_id}`)).body;
  expect(image).toMatchObject({ owner: demoIds.projects["astro-lab"], user_id: demoIds.users.darkroom });
});

test("a trust's token makes neither trusts nor tokens; with impersonation it cannot even show itself", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const acting = await trustToken(out, idOf(await alice.ask("POST", trusts, wish())));
  expect(messageOf(await acting.ask("POST", trusts, wish()))).toEqual([
    403,
    "You are not authorized to perform the requested action.",
  ]);
  const rescoped = await out.ask("POST", "/identity/v3/auth/tokens", {
    auth: { identity: { methods: ["token"], token: { id: acting.token } } },
  });
  expect(rescoped.status).toBe(403);
  const look = (who: Speaker) =>
    who.ask("GET", "/identity/v3/auth/tokens", undefined, { "X-Subject-Token": who.token });
  expect(messageOf(await look(acting))).toEqual([403, expect.stringContaining("identity:validate_token")]);
  const plain = await trustToken(out, idOf(await alice.ask("POST", trusts, wish({ impersonation: false }))));
  expect((await look(plain)).status).toBe(200);
});

test("deleted by the trustor or, with impersonation, by its own token; never by the trustee", async () => {
  await using out = await tryOut();
  const [alice, darkroom] = [await out.as("alice"), await out.as("darkroom")];
  const impersonating = idOf(await alice.ask("POST", trusts, wish()));
  const plain = idOf(await alice.ask("POST", trusts, wish({ impersonation: false })));
  expect((await darkroom.ask("DELETE", `${trusts}/${impersonating}`)).status).toBe(403);
  expect((await darkroom.ask("DELETE", `${trusts}/${plain}`)).status).toBe(403);
  expect((await (await trustToken(out, plain)).ask("DELETE", `${trusts}/${plain}`)).status).toBe(403);
  expect((await (await trustToken(out, impersonating)).ask("DELETE", `${trusts}/${impersonating}`)).status).toBe(204);
  expect((await alice.ask("DELETE", `${trusts}/${plain}`)).status).toBe(204);
  expect((await alice.ask("DELETE", `${trusts}/${plain}`)).status).toBe(404);
});

test("after its deletion Keystone says 404, a service that had not seen the token 401, one that had still takes it", async () => {
  await using out = await tryOut();
  const id = idOf(await (await out.as("alice")).ask("POST", trusts, wish()));
  const acting = await trustToken(out, id);
  expect((await acting.ask("GET", "/compute/v2.1/servers")).status).toBe(200);
  expect((await acting.ask("DELETE", `${trusts}/${id}`)).status).toBe(204);
  expect(messageOf(await acting.ask("DELETE", `${trusts}/${id}`))).toEqual([404, `Could not find trust: ${id}.`]);
  expect((await acting.ask("GET", "/image/v2/images")).status).toBe(401);
  out.clock.advance(6000);
  expect((await acting.ask("GET", "/compute/v2.1/servers")).status).toBe(200);
  out.clock.advance(294_000);
  expect((await acting.ask("GET", "/compute/v2.1/servers")).status).toBe(401);
  await expect(trustToken(out, id)).rejects.toThrow("requires authentication");
});

test("lists: one's own as trustor or trustee; all only for an administrator", async () => {
  await using out = await tryOut();
  const [alice, darkroom, admin] = [await out.as("alice"), await out.as("darkroom"), await out.as("admin")];
  await alice.ask("POST", trusts, wish());
  const statuses = [];
  for (const [who, query] of [
    [darkroom, ""],
    [darkroom, `?trustor_user_id=${demoIds.users.alice}`],
    [alice, `?trustee_user_id=${demoIds.users.darkroom}`],
    [alice, `?trustor_user_id=${demoIds.users.alice}`],
    [admin, ""],
  ] as const) {
    statuses.push((await who.ask("GET", trusts + query)).status);
  }
  expect(statuses).toEqual([403, 403, 403, 200, 200]);
});

test("a stranger may not see it, nor use it", async () => {
  await using out = await tryOut();
  const id = idOf(await (await out.as("alice")).ask("POST", trusts, wish()));
  expect((await (await out.as("bob")).ask("GET", `${trusts}/${id}`)).status).toBe(403);
  const body = passwordBody("bob", { scope: { "OS-TRUST:trust": { id } } });
  expect((await out.ask("POST", "/identity/v3/auth/tokens", body)).status).toBe(403);
});

test("remaining uses count tokens; a trust that has run out is 404 by its id, listed still", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = idOf(await alice.ask("POST", trusts, wish({ remaining_uses: 1 })));
  await trustToken(out, id);
  await expect(trustToken(out, id)).rejects.toThrow("requires authentication");
  expect((await alice.ask("GET", `${trusts}/${id}`)).status).toBe(404);
  expect((await alice.ask("GET", `${trusts}?trustor_user_id=${demoIds.users.alice}`)).body).toMatchObject({
    trusts: [{ id, remaining_uses: 0 }],
  });
});

test("an expired trust gives no token, and its tokens end with it", async () => {
  await using out = await tryOut();
  const id = idOf(await (await out.as("alice")).ask("POST", trusts, wish({ expires_at: "2026-01-01T01:00:00Z" })));
  const acting = await trustToken(out, id);
  out.clock.advance(3_600_000);
  expect((await acting.ask("GET", "/image/v2/images")).status).toBe(401);
  await expect(trustToken(out, id)).rejects.toThrow("requires authentication");
});

test("a trustor who loses the role takes it from the trust", async () => {
  await using out = await tryOut();
  const id = idOf(await (await out.as("alice")).ask("POST", trusts, wish()));
  out.cloud.state.grants = out.cloud.state.grants.filter(({ userId }) => userId !== demoIds.users.alice);
  const reply = await out.ask(
    "POST",
    "/identity/v3/auth/tokens",
    passwordBody("darkroom", { scope: { "OS-TRUST:trust": { id } } }),
  );
  expect(reply.status).toBe(403);
});
