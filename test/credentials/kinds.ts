// Every kind of credential logs in, as clouds.yaml gives it: what is done on the simulated cloud and on a real one alike.
import { randomBytes } from "node:crypto";
import { type Cloud, type CloudConfig, connect, OpenStackFault, readCloudConfig } from "../../lib/openstack/index.ts";

export interface Kinds {
  /** By their names, each a member's cloud: `byId`, `byName`, `byToken`. */
  clouds: Record<"byId" | "byName" | "byToken", Cloud>;
  password: Cloud;
  /** A cloud by an entry with these fields. */
  by(auth: Record<string, string>, authType: string): Cloud;
  credential: { id: string; name: string; secret: string };
  /** Takes the application credential away in the cloud. */
  remove(): Promise<void>;
  /** Takes away what is left, and closes every connection. */
  close(): Promise<void>;
}

/** @param member by name and password, scoped to a project. Makes one application credential. */
export async function openKinds(member: CloudConfig): Promise<Kinds> {
  const opened: Cloud[] = [];
  const open = (config: CloudConfig) => {
    const cloud = connect(config);
    opened.push(cloud);
    return cloud;
  };
  const by = (auth: Record<string, string>, auth_type: string) => {
    const entry = { auth: { auth_url: member.authUrl, ...auth }, auth_type, region_name: member.regionName };
    return open(readCloudConfig("c", { text: JSON.stringify({ clouds: { c: entry } }) }));
  };
  const password = open(member);
  const { id: token, user, project } = await password.token();
  const path = `${member.authUrl}/users/${user.id}/application_credentials`;
  const headers = { "x-auth-token": token, "content-type": "application/json" };
  const name = `darkroom-kinds-${randomBytes(4).toString("hex")}`;
  const body = JSON.stringify({ application_credential: { name, roles: [{ name: "member" }] } });
  const made = await fetch(path, { method: "POST", headers, body });
  if (made.status !== 201) throw new Error(`no application credential was made: ${made.status}`);
  const { id, secret } = ((await made.json()) as { application_credential: { id: string; secret: string } })
    .application_credential;
  const kind = "v3applicationcredential";
  const common = { application_credential_secret: secret };
  let there = true;
  const remove = async () => {
    const { status } = await fetch(`${path}/${id}`, { method: "DELETE", headers });
    if (status !== 204) throw new Error(`the application credential was not deleted: ${status}`);
    there = false;
  };
  return {
    password,
    by,
    clouds: {
      byId: by({ application_credential_id: id, ...common }, kind),
      byName: by({ application_credential_name: name, user_id: user.id, ...common }, kind),
      byToken: by({ token, project_id: project?.id ?? "" }, "v3token"),
    },
    credential: { id, name, secret },
    remove,
    async close() {
      if (there) await remove();
      for (const cloud of opened) await cloud.close();
    },
  };
}

/** Registers the tests; the same on whatever cloud. */
export function testKinds(open: () => Promise<Kinds>): void {
  let kinds: Kinds;
  beforeAll(async () => {
    kinds = await open();
  });
  afterAll(() => kinds?.close());

  test.each([
    ["byId", "application_credential", true],
    ["byName", "application_credential", true],
    ["byToken", "token", false],
  ] as const)("%s: it is the member, in their project, and every service takes it", async (name, method, bound) => {
    const [cloud, token, own] = [kinds.clouds[name], await kinds.clouds[name].token(), await kinds.password.token()];
    expect(token).toMatchObject({ user: own.user, project: own.project, isApplicationCredential: bound });
    expect(token.methods).toContain(method);
    expect((await cloud.compute.listFlavors()).length).toBeGreaterThan(0);
    const images: string[] = [];
    for await (const { id } of cloud.image.listImages({})) images.push(id);
    expect(images.length).toBeGreaterThan(0);
  });

  test("a token does not outlive the one that it was made from", async () => {
    const [first, second] = [await kinds.password.token(), await kinds.clouds.byToken.token()];
    expect(Date.parse(second.expiresAt)).toBeLessThanOrEqual(Date.parse(first.expiresAt));
  });

  test("an application credential's token makes no other token, and no trust is acted on with it", async () => {
    const { id } = await kinds.clouds.byId.token();
    expect(await faultOf(kinds.by({ token: id }, "v3token").token())).toMatchObject({ kind: "credentialRevoked" });
    expect(await faultOf(kinds.clouds.byId.asTrust("some-trust").token())).toMatchObject({ kind: "badRequest" });
  });

  test("a wrong secret is told, without it", async () => {
    const wrong = { application_credential_id: kinds.credential.id, application_credential_secret: "hush-hush" };
    const fault = await faultOf(kinds.by(wrong, "v3applicationcredential").token());
    expect(fault).toMatchObject({ kind: "credentialRevoked", status: 401 });
    expect(`${fault.message} ${fault.stack} ${JSON.stringify(fault)}`).not.toContain("hush");
    const token = await faultOf(kinds.by({ token: "hush-hush-token" }, "v3token").token());
    expect(token.kind).toBe("credentialRevoked");
    expect(`${token.message} ${token.stack} ${JSON.stringify(token)}`).not.toContain("hush");
  });

  test("an application credential that is taken away logs in no more", async () => {
    await kinds.remove();
    const { id, secret } = kinds.credential;
    const gone = kinds.by(
      { application_credential_id: id, application_credential_secret: secret },
      "v3applicationcredential",
    );
    const fault = await faultOf(gone.token());
    expect(fault.kind).toBe("credentialRevoked");
    expect(`${fault.message} ${JSON.stringify(fault)}`).not.toContain(secret);
  });
}

async function faultOf(asked: Promise<unknown>): Promise<OpenStackFault> {
  const fault = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(fault instanceof OpenStackFault)) throw new Error(`no fault: ${fault}`);
  return fault;
}
