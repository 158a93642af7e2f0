// Application credentials, as measured on Keystone 22.
import { demoIds } from "../index.ts";
import { type Reply, type Speaker, type TryOut, tryOut } from "../test-client.ts";

const path = `/identity/v3/users/${demoIds.users.alice}/application_credentials`;
type Made = { application_credential: { id: string; secret: string } };

async function tokenOf(out: TryOut, credential: object): Promise<Reply> {
  return out.ask("POST", "/identity/v3/auth/tokens", {
    auth: { identity: { methods: ["application_credential"], application_credential: credential } },
  });
}

async function speaker(out: TryOut, unrestricted: boolean): Promise<Speaker> {
  const alice = await out.as("alice");
  const made = (
    await alice.ask("POST", path, {
      application_credential: { name: `u-${unrestricted}`, unrestricted, roles: [{ name: "member" }] },
    })
  ).body as Made;
  const { id, secret } = made.application_credential;
  return out.withToken((await tokenOf(out, { id, secret })).headers.get("X-Subject-Token") ?? "");
}

test("a secret shown once stands for the user in that project, with the roles asked for only", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const made = await alice.ask("POST", path, { application_credential: { name: "ci", roles: [{ name: "member" }] } });
  expect(made.status).toBe(201);
  const { id, secret } = (made.body as Made).application_credential;
  expect((await alice.ask("GET", path)).text).not.toContain(secret);
  const token = await tokenOf(out, { id, secret });
  expect(token.body).toMatchObject({
    token: {
      methods: ["application_credential"],
      roles: [{ name: "member" }],
      application_credential: { id, name: "ci", restricted: true },
    },
  });
  const named = { name: "ci", user: { name: "alice", domain: { id: "default" } }, secret };
  expect((await tokenOf(out, named)).status).toBe(201);
});

test("a wrong secret is 401, an unknown credential 404, a second of the same name 409", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const made = (await alice.ask("POST", path, { application_credential: { name: "ci" } })).body as Made;
  expect((await tokenOf(out, { id: made.application_credential.id, secret: "wrong" })).status).toBe(401);
  expect((await tokenOf(out, { id: "nosuch", secret: "wrong" })).status).toBe(404);
  expect((await alice.ask("POST", path, { application_credential: { name: "ci" } })).status).toBe(409);
});

test.each([true, false])("unrestricted %s: it makes no trust and no token", async (unrestricted) => {
  await using out = await tryOut();
  const acting = await speaker(out, unrestricted);
  const trust = {
    trustor_user_id: demoIds.users.alice,
    trustee_user_id: demoIds.users.darkroom,
    project_id: demoIds.projects["astro-lab"],
    roles: [{ name: "member" }],
    impersonation: true,
  };
  const refused = await acting.ask("POST", "/identity/v3/OS-TRUST/trusts", { trust });
  expect([refused.status, refused.text]).toEqual([
    403,
    expect.stringContaining("Delegated tokens cannot manage trusts."),
  ]);
  const rescoped = await out.ask("POST", "/identity/v3/auth/tokens", {
    auth: { identity: { methods: ["token"], token: { id: acting.token } } },
  });
  expect(rescoped.status).toBe(403);
  const another = await acting.ask("POST", path, { application_credential: { name: "child" } });
  expect(another.status).toBe(unrestricted ? 201 : 403);
});

test("deleting it ends its tokens; another's are 403", async () => {
  await using out = await tryOut();
  const acting = await speaker(out, false);
  const [id = ""] = Object.keys(out.cloud.state.applicationCredentials);
  expect((await (await out.as("bob")).ask("GET", path)).status).toBe(403);
  expect((await (await out.as("alice")).ask("DELETE", `${path}/${id}`)).status).toBe(204);
  expect((await acting.ask("GET", "/identity/v3/auth/projects")).status).toBe(401);
});
