// WebSSO, as keystone/api/auth.py and the page that it sends have it; read, not measured: the real cloud has no identity provider.
import { demoIds } from "../index.ts";
import { tryOut } from "../test-client.ts";

const portal = "https://darkroom.example.org/callback";
const path = "/identity/v3/auth/OS-FEDERATION/websso/openid";
const asked = `${path}?origin=${encodeURIComponent(portal)}`;

async function withFay() {
  const out = await tryOut();
  Object.assign(out.cloud.state.federation, { signedIn: demoIds.users.fay, trustedDashboards: [portal] });
  const get = async (what: string) => {
    const answer = await fetch(`${out.cloud.url}${what}`);
    return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
  };
  return { out, get };
}

test("a page posts the token to the trusted dashboard; the token is scoped to nothing and says where it comes from", async () => {
  const { out, get } = await withFay();
  await using _ = out;
  for (const way of [asked, asked.replace("websso/openid", "identity_providers/campus/protocols/openid/websso")]) {
    const { status, type, text } = await get(way);
    expect([status, type]).toEqual([200, "text/html; charset=utf-8"]);
    expect(text).toContain(`action="${portal}" method="post"`);
    const token = /name="token" id="token" value="([^"]+)"/.exec(text)?.[1] ?? "";
    const headers = { "x-auth-token": token, "x-subject-token": token };
    const answer = await fetch(`${out.cloud.authUrl}/auth/tokens`, { headers });
    expect((await answer.json()) as unknown).toMatchObject({
      token: { methods: ["openid"], user: { name: "fay", "OS-FEDERATION": { protocol: { id: "openid" } } } },
    });
    const projects = await fetch(`${out.cloud.authUrl}/auth/projects`, { headers });
    expect(await projects.json()).toMatchObject({ projects: [{ name: "bio-lab" }] });
  }
});

test("no other origin is sent anything, nor anybody whom the identity provider does not know", async () => {
  const { out, get } = await withFay();
  await using _ = out;
  expect((await get(path)).status).toBe(400);
  expect((await get(`${path}?origin=${encodeURIComponent(`${portal}/`)}`)).status).toBe(401);
  expect((await get(asked.replace("openid", "saml2"))).status).toBe(404);
  out.cloud.state.federation.signedIn = null;
  expect((await get(asked)).status).toBe(401);
});

test("roles of mapped groups hold in the project, and cannot be delegated: they are stored nowhere", async () => {
  const { out, get } = await withFay();
  await using _ = out;
  const token = /value="([^"]+)"/.exec((await get(asked)).text)?.[1] ?? "";
  const json = { "content-type": "application/json" };
  const scoped = await fetch(`${out.cloud.authUrl}/auth/tokens`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({
      auth: {
        identity: { methods: ["token"], token: { id: token } },
        scope: { project: { id: demoIds.projects["bio-lab"] } },
      },
    }),
  });
  expect(scoped.status).toBe(201);
  const { token: shown } = (await scoped.json()) as { token: { methods: string[]; roles: { name: string }[] } };
  expect([shown.methods, shown.roles.map(({ name }) => name)]).toEqual([
    ["openid", "token"],
    ["member", "reader"],
  ]);
  const trust = await fetch(`${out.cloud.authUrl}/OS-TRUST/trusts`, {
    method: "POST",
    headers: { ...json, "x-auth-token": scoped.headers.get("x-subject-token") ?? "" },
    body: JSON.stringify({
      trust: {
        trustor_user_id: demoIds.users.fay,
        trustee_user_id: demoIds.users.darkroom,
        project_id: demoIds.projects["bio-lab"],
        impersonation: true,
        roles: [{ name: "member" }],
      },
    }),
  });
  expect(trust.status).toBe(404);
});
