// Trusts. The records are what a real Zed sent.
import { connect } from "./cloud.ts";
import { faultOf } from "./expect-fault.ts";
import type { Identity } from "./identity.ts";
import { type ScriptedCloud, startScriptedCloud } from "./scripted-cloud.ts";

const trusts = "/v3/OS-TRUST/trusts";

let server: ScriptedCloud;
let identity: Identity;
beforeEach(async () => {
  server = await startScriptedCloud();
  identity = connect(server.config).identity;
});
afterEach(() => server.close());

const record = {
  id: "t1",
  trustor_user_id: "user-a",
  trustee_user_id: "imaging",
  project_id: "demo-a",
  impersonation: true,
  expires_at: "2026-11-23T11:19:51.000000Z",
  deleted_at: null,
  remaining_uses: null,
  redelegation_count: 0,
  roles: [{ id: "r1", name: "member", domain_id: null, links: {} }],
  roles_links: { next: null, self: "x", previous: null },
  links: { self: "x" },
  darkroom_mark: "m1",
};
const read = {
  id: "t1",
  trustorUserId: "user-a",
  trusteeUserId: "imaging",
  projectId: "demo-a",
  impersonation: true,
  expiresAt: "2026-11-23T11:19:51.000Z",
  deletedAt: null,
  roles: [{ id: "r1", name: "member" }],
  extra: { darkroom_mark: "m1" },
};

test("a trust is made with impersonation and with attributes of ours, which cannot replace Keystone's", async () => {
  server.script(`POST ${trusts}`, { status: 201, json: { trust: record } });
  const trust = await identity.createTrust({
    trustorUserId: "user-a",
    trusteeUserId: "imaging",
    projectId: "demo-a",
    roles: [{ name: "member" }, { id: "r2" }],
    expiresAt: "2026-11-23T11:19:51.000Z",
    extra: { darkroom_mark: "m1", impersonation: "no", project_id: "other" },
  });
  expect(trust).toEqual(read);
  expect(JSON.parse(server.asked(`POST ${trusts}`)[0]?.body ?? "")).toEqual({
    trust: {
      darkroom_mark: "m1",
      trustor_user_id: "user-a",
      trustee_user_id: "imaging",
      project_id: "demo-a",
      impersonation: true,
      roles: [{ name: "member" }, { id: "r2" }],
      expires_at: "2026-11-23T11:19:51.000Z",
    },
  });
});

test("a trust whose making was cut off may have been made", async () => {
  server.script(`POST ${trusts}`, "reset");
  const wish = { trustorUserId: "a", trusteeUserId: "b", projectId: "p", roles: [], expiresAt: "2026-11-23T11:19:51Z" };
  expect(await faultOf(identity.createTrust(wish))).toMatchObject({ kind: "unavailable", outcomeKnown: false });
  expect(server.asked(`POST ${trusts}`)).toHaveLength(1);
});

test("a list has no roles, and only whom was asked for", async () => {
  const { roles, ...listed } = record;
  server.script(`GET ${trusts}`, { json: { trusts: [listed, { ...listed, id: "t2", trustee_user_id: "other" }] } });
  expect(await identity.listTrusts({ trusteeUserId: "imaging" })).toEqual([{ ...read, roles: undefined }]);
  expect(server.asked(`GET ${trusts}`)[0]?.query.toString()).toBe("trustee_user_id=imaging");
  expect(roles).toHaveLength(1);
});

test("one is read, or is gone", async () => {
  const message = "Could not find trust: t1.";
  server.script(
    `GET ${trusts}/t1`,
    { json: { trust: record } },
    { status: 404, json: { error: { code: 404, message } } },
  );
  expect(await identity.getTrust("t1")).toEqual(read);
  expect(await faultOf(identity.getTrust("t1"))).toMatchObject({ kind: "notFound", detail: message });
});

test("deleting succeeds also when it is gone, but not when it is forbidden", async () => {
  server.script(`DELETE ${trusts}/t1`, { status: 204 }, { status: 404 }, { status: 403 });
  await identity.deleteTrust("t1");
  await identity.deleteTrust("t1");
  expect(await faultOf(identity.deleteTrust("t1"))).toMatchObject({ kind: "forbidden" });
});

test.each(["", ".."])("no trust has the id %j: nothing is sent", async (id) => {
  expect(await faultOf(identity.deleteTrust(id))).toMatchObject({ kind: "badRequest" });
  expect(await faultOf(identity.getTrust(id))).toMatchObject({ kind: "badRequest" });
  expect(server.seen).toHaveLength(0);
});
