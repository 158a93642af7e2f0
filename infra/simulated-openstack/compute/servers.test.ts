// One server at each microversion, deletion, tags, attachments, actions; as measured on Nova 26.
import { demoIds } from "../index.ts";
import { nova, tryOut } from "../test-client.ts";

const { servers } = demoIds;
const path = (name: keyof typeof servers) => `/compute/v2.1/servers/${servers[name]}`;

test("a microversion that is not supported is 406 and says which are; one that is malformed 400", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const unsupported = await alice.ask("GET", path("stopped-1"), undefined, nova(999));
  expect([unsupported.status, unsupported.body]).toEqual([
    406,
    {
      computeFault: {
        code: 406,
        message: "Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.93.",
      },
    },
  ]);
  expect(unsupported.headers.get("OpenStack-API-Version")).toBe("compute 2.999");
  const malformed = await alice.ask("GET", path("stopped-1"), undefined, {
    "OpenStack-API-Version": "compute nonsense",
  });
  expect([malformed.status, malformed.text]).toEqual([
    400,
    expect.stringContaining("API Version String nonsense is of invalid format."),
  ]);
});

test("the answer says which microversion it is of; the older header works too; other services' are not Nova's", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const answered = async (headers: Record<string, string>) => {
    const reply = await alice.ask("GET", path("stopped-1"), undefined, headers);
    return [reply.headers.get("OpenStack-API-Version"), reply.headers.get("X-OpenStack-Nova-API-Version")];
  };
  expect(await answered({})).toEqual(["compute 2.1", "2.1"]);
  expect(await answered(nova(93))).toEqual(["compute 2.93", "2.93"]);
  expect(await answered({ "OpenStack-API-Version": "compute latest" })).toEqual(["compute 2.93", "2.93"]);
  expect(await answered({ "X-OpenStack-Nova-API-Version": "2.40" })).toEqual(["compute 2.40", "2.40"]);
  expect(await answered({ "OpenStack-API-Version": "volume 3.60, compute 2.50" })).toEqual(["compute 2.50", "2.50"]);
  expect(await answered({ "OpenStack-API-Version": "volume 3.60" })).toEqual(["compute 2.1", "2.1"]);
});

test("versions need no token", async () => {
  await using out = await tryOut();
  expect((await out.ask("GET", "/compute/")).body).toMatchObject({
    versions: [{ id: "v2.0" }, { id: "v2.1", version: "2.93", min_version: "2.1" }],
  });
  expect((await out.ask("GET", "/compute/v2.1")).body).toMatchObject({
    version: { id: "v2.1", version: "2.93", min_version: "2.1" },
  });
});

test("without a good token it is Keystone's 401, with Nova's request ids", async () => {
  await using out = await tryOut();
  const reply = await out.ask("GET", path("stopped-1"), undefined, { "X-Auth-Token": "garbage" });
  expect([reply.status, reply.body]).toEqual([
    401,
    { error: { code: 401, title: "Unauthorized", message: "The request you have made requires authentication." } },
  ]);
  expect(reply.headers.get("X-Compute-Request-Id")).toMatch(/^req-/);
  expect(reply.headers.get("X-Compute-Request-Id")).toBe(reply.headers.get("X-Openstack-Request-Id"));
});

test("which fields are there at which microversion", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const fields = async (minor: number) =>
    Object.keys(
      ((await alice.ask("GET", path("analysis-1"), undefined, nova(minor))).body as { server: object }).server,
    );
  const since: Record<string, number> = {
    locked: 9,
    description: 19,
    tags: 26,
    trusted_image_certificates: 63,
    server_groups: 71,
    locked_reason: 73,
    "OS-EXT-SRV-ATTR:hostname": 90,
  };
  for (const [field, minor] of Object.entries(since)) {
    expect(await fields(minor - 1)).not.toContain(field);
    expect(await fields(minor)).toContain(field);
  }
});

test("2.47 shows the flavor as it was when the server was made, before only its id", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const flavor = async (minor: number) =>
    ((await alice.ask("GET", path("analysis-1"), undefined, nova(minor))).body as { server: { flavor: unknown } })
      .server.flavor;
  expect(await flavor(46)).toMatchObject({ id: demoIds.flavors["m1.small"] });
  delete out.cloud.state.flavors[demoIds.flavors["m1.small"]];
  expect(await flavor(47)).toEqual({
    vcpus: 1,
    ram: 2048,
    disk: 20,
    ephemeral: 0,
    swap: 0,
    original_name: "m1.small",
    extra_specs: {},
  });
});

test("another project's server is 404, an administrator's to see; the fault's details are for administrators", async () => {
  await using out = await tryOut();
  const [alice, bob, admin] = [await out.as("alice"), await out.as("bob"), await out.as("admin")];
  const missing = await bob.ask("GET", path("error-1"));
  expect([missing.status, missing.body]).toEqual([
    404,
    { itemNotFound: { code: 404, message: `Instance ${servers["error-1"]} could not be found.` } },
  ]);
  expect((await bob.act(servers["error-1"], { "os-stop": null })).status).toBe(404);
  const fault = async (who: typeof alice) =>
    ((await who.ask("GET", path("error-1"))).body as { server: { fault: object } }).server.fault;
  expect(await fault(alice)).not.toHaveProperty("details");
  expect(await fault(admin)).toHaveProperty("details");
});

test("a rename shows the old core before 2.75, the whole server after", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const before = (await alice.ask("PUT", path("stopped-1"), { server: { name: "a" } })).body as { server: object };
  expect(before.server).not.toHaveProperty("OS-EXT-STS:vm_state");
  const after = (await alice.ask("PUT", path("stopped-1"), { server: { name: "b" } }, nova(75))).body as {
    server: object;
  };
  expect(after.server).toMatchObject({ name: "b", "OS-EXT-STS:vm_state": "stopped" });
});

test("deleted: 204, deleting for a while, then 404; its actions can be asked for from 2.21 on", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.ask("DELETE", path("analysis-1"))).status).toBe(204);
  expect((await alice.ask("GET", path("analysis-1"))).body).toMatchObject({
    server: { status: "ACTIVE", "OS-EXT-STS:task_state": "deleting" },
  });
  expect((await alice.ask("DELETE", path("analysis-1"))).status).toBe(204);
  out.clock.advance(1900);
  expect((await alice.ask("GET", path("analysis-1"))).status).toBe(404);
  expect((await alice.ask("DELETE", path("analysis-1"))).status).toBe(404);
  expect((await alice.ask("GET", `${path("analysis-1")}/os-instance-actions`)).status).toBe(404);
  expect((await alice.ask("GET", `${path("analysis-1")}/os-instance-actions`, undefined, nova(21))).body).toMatchObject(
    { instanceActions: [{ action: "delete" }] },
  );
});

test("actions: newest first, paged from 2.58 on; events from 2.51 on, their host from 2.62 on", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const ids: (string | null)[] = [];
  for (const action of [{ lock: null }, { unlock: null }, { "os-start": null }])
    ids.unshift((await alice.act(servers["stopped-1"], action)).headers.get("X-Openstack-Request-Id"));
  const list = `${path("stopped-1")}/os-instance-actions`;
  expect((await alice.ask("GET", list)).body).toMatchObject({
    instanceActions: [{ action: "start", request_id: ids[0] }, { action: "unlock" }, { action: "lock" }],
  });
  const page = (await alice.ask("GET", `${list}?limit=2`, undefined, nova(58))).body as {
    instanceActions: object[];
    links: { href: string }[];
  };
  expect(page.instanceActions).toHaveLength(2);
  expect(page.links[0]?.href).toBe(`${out.cloud.url}${list}?limit=2&marker=${ids[1]}`);
  const event = async (minor: number) =>
    (await alice.ask("GET", `${list}/${ids[0]}`, undefined, nova(minor))).body as {
      instanceAction: { events?: object[] };
    };
  expect((await event(50)).instanceAction).not.toHaveProperty("events");
  expect((await event(51)).instanceAction.events).toEqual([
    { event: "compute_start_instance", start_time: "2026-01-01T00:00:00.000000", finish_time: null, result: null },
  ]);
  out.clock.advance(700);
  expect((await event(62)).instanceAction.events).toEqual([
    expect.objectContaining({ result: "Success", hostId: expect.any(String) }),
  ]);
  expect((await alice.ask("GET", `${list}/req-11111111-1111-4111-8111-111111111111`)).status).toBe(404);
});

test("attachments: tag from 2.70 on, delete_on_termination from 2.79 on, ids of their own instead of `id` from 2.89 on", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const fields = async (minor: number) =>
    Object.keys(
      (
        (await alice.ask("GET", `${path("with-data-volume-1")}/os-volume_attachments`, undefined, nova(minor)))
          .body as { volumeAttachments: object[] }
      ).volumeAttachments[0] ?? {},
    );
  expect(await fields(69)).toEqual(["id", "volumeId", "serverId", "device"]);
  expect(await fields(70)).toEqual(["id", "volumeId", "serverId", "device", "tag"]);
  expect(await fields(79)).toEqual(["id", "volumeId", "serverId", "device", "tag", "delete_on_termination"]);
  expect(await fields(89)).toEqual([
    "volumeId",
    "serverId",
    "device",
    "tag",
    "delete_on_termination",
    "attachment_id",
    "bdm_uuid",
  ]);
  const missing = await alice.ask("GET", `${path("stopped-1")}/os-volume_attachments/${demoIds.volumes.spare}`);
  expect([missing.status, missing.text]).toEqual([
    404,
    expect.stringContaining(`Instance ${servers["stopped-1"]} is not attached to volume ${demoIds.volumes.spare}`),
  ]);
});

test("a volume can be attached and detached, in one place at a time", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const attach = (name: keyof typeof servers) =>
    alice.ask("POST", `${path(name)}/os-volume_attachments`, { volumeAttachment: { volumeId: demoIds.volumes.spare } });
  expect((await attach("analysis-1")).body).toMatchObject({ volumeAttachment: { device: "/dev/vdb" } });
  expect((await attach("stopped-1")).status).toBe(400);
  out.clock.advance(2000);
  expect(
    (await alice.ask("DELETE", `${path("analysis-1")}/os-volume_attachments/${demoIds.volumes.spare}`)).status,
  ).toBe(202);
  out.clock.advance(2000);
  expect((await attach("stopped-1")).status).toBe(200);
  expect(
    (
      await alice.ask(
        "DELETE",
        `${path("volume-backed-1")}/os-volume_attachments/${demoIds.volumes["volume-backed-1-root"]}`,
      )
    ).status,
  ).toBe(403);
});

test("tags come with 2.26", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const tag = `${path("stopped-1")}/tags/blue`;
  expect((await alice.ask("PUT", tag)).status).toBe(404);
  expect([
    (await alice.ask("PUT", tag, undefined, nova(26))).status,
    (await alice.ask("PUT", tag, undefined, nova(26))).status,
  ]).toEqual([201, 204]);
  expect((await alice.ask("GET", `${path("stopped-1")}/tags`, undefined, nova(26))).body).toEqual({ tags: ["blue"] });
});

test("flavors, and what is not there", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.ask("GET", "/compute/v2.1/flavors/detail", undefined, nova(93))).body).toMatchObject({
    flavors: [
      { name: "m1.nano", ram: 128, disk: 1, swap: 0, extra_specs: {} },
      { name: "m1.tiny" },
      { name: "m1.small" },
      { name: "m1.medium" },
    ],
  });
  expect((await alice.ask("GET", `/compute/v2.1/flavors/${demoIds.flavors["m1.nano"]}`)).body).toMatchObject({
    flavor: { swap: "" },
  });
  expect((await alice.ask("GET", "/compute/v2.1/flavors/nope")).body).toEqual({
    itemNotFound: { code: 404, message: "Flavor nope could not be found." },
  });
  const unknown = await alice.ask("GET", "/compute/v2.1/nothing");
  expect([unknown.status, unknown.headers.get("Content-Type")]).toEqual([404, "text/html; charset=UTF-8"]);
});
