// On a real Keystone and Glance: signing in through Darkroom, an image shared by name and accepted, and made public by staff's yes.
import { join } from "node:path";
import { readCloudConfig } from "../../lib/openstack/index.ts";
import { openRealCloud, type RealCloud, stateFolder } from "./real-cloud.ts";

let real: RealCloud;
const made: string[] = [];

beforeAll(async () => {
  real = await openRealCloud({
    visibilities: ["private", "shared", "public"],
    directoryCloud: "admin",
    staffCloud: "admin",
    serviceAccounts: [{ cloud: "imaging" }],
  });
});

afterAll(async () => {
  for (const id of made) await real.as("user-a").image.deleteImage(id);
  await real.close();
});

const passwordOf = (name: string): string => {
  const { credentials } = readCloudConfig(name, { env: { OS_CLIENT_CONFIG_FILE: join(stateFolder, "clouds.yaml") } });
  if (credentials.type !== "password") throw new Error(`${name} has no password`);
  return credentials.password;
};

/** One without bytes is `queued`; a few are uploaded. */
async function newImage(): Promise<string> {
  const { id: token, catalog } = await real.as("user-a").token();
  const endpoints = catalog.find(({ type }) => type === "image")?.endpoints ?? [];
  const url = endpoints.find((one) => one.interface === "public")?.url.replace(/\/(v2)?\/?$/, "");
  const headers = { "x-auth-token": token };
  const answer = await fetch(`${url}/v2/images`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ name: "to share", disk_format: "raw", container_format: "bare", visibility: "shared" }),
  });
  const { id } = (await answer.json()) as { id: string };
  made.push(id);
  const type = { "content-type": "application/octet-stream" };
  await fetch(`${url}/v2/images/${id}/file`, { method: "PUT", headers: { ...headers, ...type }, body: "bytes" });
  return id;
}

const signIn = async (body: object) => real.call("user-b", "POST", "/v1/tokens", body);

test("a password signs in for a project and says which others there are; what is wrong with one is never told", async () => {
  const sent = { method: "password", user: "user-a", password: passwordOf("user-a"), project: { name: "demo-a" } };
  const { status, body } = await signIn(sent);
  expect([status, body.project.name, body.roles.sort(), body.delegation]).toEqual([
    201,
    "demo-a",
    ["member", "reader"],
    { by: "trust" },
  ]);
  expect(body.projects.map(({ name }: { name: string }) => name)).toEqual(["demo-a"]);
  const again = await signIn({ method: "token", token: body.token, project: { name: "demo-a" } });
  expect([again.status, again.body.user.name]).toEqual([201, "user-a"]);
  const refused = [];
  for (const more of [{ password: "wrong" }, { user: "nobody-at-all" }, { project: { name: "demo-b" } }]) {
    const answer = await signIn({ ...sent, ...more });
    refused.push(JSON.stringify([answer.status, { ...answer.body, openstackRequestId: "" }]));
  }
  expect(new Set(refused).size).toBe(1);
  expect(refused[0]).toMatch(/^\[401,/);
});

test("an application credential signs in, and is told that it cannot delegate", async () => {
  const { id: token, user } = await real.as("user-a").token();
  const path = `${real.as("user-a").authUrl}/users/${user.id}/application_credentials`;
  const headers = { "x-auth-token": token, "content-type": "application/json" };
  const body = JSON.stringify({ application_credential: { name: `darkroom-test-${Date.now()}` } });
  const answer = await fetch(path, { method: "POST", headers, body });
  // biome-ignore lint/suspicious/noExplicitAny: Keystone's
  const { id, secret } = ((await answer.json()) as any).application_credential;
  try {
    const signedIn = await signIn({ method: "application-credential", id, secret });
    expect([signedIn.status, signedIn.body.project.name]).toEqual([201, "demo-a"]);
    expect(signedIn.body.delegation.detail).toContain("application credential");
  } finally {
    await fetch(`${path}/${id}`, { method: "DELETE", headers });
  }
});

test("shared with a person by name: their project is invited, accepts, has it in its list; the owner sees who did", async () => {
  const id = await newImage();
  const other = (await real.as("user-b").token()).project;
  const shared = await real.call("user-a", "POST", `/v1/images/${id}/members`, { user: "user-b" });
  expect([shared.status, shared.body]).toEqual([
    200,
    expect.objectContaining({ project: { id: other?.id, name: "demo-b" }, status: "pending", checked: true }),
  ]);
  const invited = await real.call("user-b", "GET", "/v1/invitations");
  expect(invited.body.invitations.map(({ image }: { image: { id: string } }) => image.id)).toContain(id);
  const accepted = await real.call("user-b", "PUT", `/v1/invitations/${id}`, { status: "accepted" });
  expect([accepted.status, accepted.body.status]).toEqual([200, "accepted"]);
  const members = await real.call("user-a", "GET", `/v1/images/${id}/members`);
  expect(members.body.members).toMatchObject([{ project: { name: "demo-b" }, status: "accepted" }]);
  expect((await real.call("user-b", "GET", `/v1/images/${id}/members`)).body.members).toHaveLength(1);
  const unknown = await real.call("user-a", "PUT", `/v1/images/${id}/members/${"f".repeat(32)}`);
  expect(unknown.status).toBe(422);
  await real.darkroomAs("user-a").deleteMember({ params: { id, project: other?.id ?? "" } });
  await real.darkroomAs("user-a").deleteMember({ params: { id, project: other?.id ?? "" } });
  expect((await real.call("user-b", "PUT", `/v1/invitations/${id}`, { status: "accepted" })).status).toBe(404);
});

test("public by staff's yes, with the operator's credential; the owner takes it back", async () => {
  const id = await newImage();
  expect((await real.call("user-b", "PUT", `/v1/images/${id}/publicity`, {})).status).toBe(404);
  const asked = await real.call("user-a", "PUT", `/v1/images/${id}/publicity`, { reason: "a course" });
  expect([asked.status, asked.body.status]).toEqual([200, "awaiting-approval"]);
  const decision = { decision: "approve", reason: "fine" };
  expect((await real.call("user-a", "POST", `/v1/images/${id}/publicity/decision`, decision)).status).toBe(403);
  const decided = await real.call("admin", "POST", `/v1/images/${id}/publicity/decision`, decision);
  expect([decided.status, decided.body.status]).toEqual([200, "public"]);
  expect((await real.as("user-b").image.getImage(id)).visibility).toBe("public");
  await real.as("user-a").image.patchImage(id, [{ op: "replace", path: "/visibility", value: "private" }]);
});
