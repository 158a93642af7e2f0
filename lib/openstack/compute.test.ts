// Nova's answers and what they become. The records are what a real Zed sent at 2.73, shortened.
import { connect } from "./cloud.ts";
import type { Compute } from "./compute.ts";
import { faultOf } from "./expect-fault.ts";
import { type ScriptedCloud, startScriptedCloud } from "./scripted-cloud.ts";

const nova = "/compute/v2.1";
const action = `POST ${nova}/servers/s1/action`;

let server: ScriptedCloud;
let compute: Compute;
beforeEach(async () => {
  server = await startScriptedCloud();
  compute = connect(server.config).compute;
});
afterEach(() => server.close());

const record = {
  id: "s1",
  name: "probe-1",
  status: "SHUTOFF",
  tenant_id: "project-1",
  user_id: "user-1",
  metadata: { a: "b" },
  image: { id: "i1", links: [] },
  flavor: { vcpus: 1, ram: 128, disk: 1, ephemeral: 0, swap: 0, original_name: "m1.nano", extra_specs: {} },
  created: "2026-11-23T09:39:34Z",
  updated: "2026-11-23T09:41:17Z",
  addresses: {},
  "OS-EXT-AZ:availability_zone": "nova",
  config_drive: "True",
  key_name: null,
  "OS-SRV-USG:launched_at": "2026-11-23T09:39:37.000000",
  "OS-EXT-STS:task_state": null,
  "OS-EXT-STS:vm_state": "stopped",
  "OS-EXT-STS:power_state": 4,
  "os-extended-volumes:volumes_attached": [{ id: "v1" }],
  locked: true,
  locked_reason: "being imaged",
  tags: ["blue"],
};

const conflict = (message: string) => ({ status: 409, json: { conflictingRequest: { code: 409, message } } });

describe("a server", () => {
  test("is read whole", async () => {
    server.script(`GET ${nova}/servers/s1`, { json: { server: record } });
    expect(await compute.getServer("s1")).toEqual({
      id: "s1",
      name: "probe-1",
      status: "SHUTOFF",
      taskState: null,
      vmState: "stopped",
      powerState: "shutdown",
      locked: true,
      lockedReason: "being imaged",
      imageId: "i1",
      flavor: { name: "m1.nano", diskGib: 1, ramMib: 128, vcpus: 1, extraSpecs: {} },
      volumesAttached: ["v1"],
      projectId: "project-1",
      userId: "user-1",
      createdAt: "2026-11-23T09:39:34.000Z",
      updatedAt: "2026-11-23T09:41:17.000Z",
      launchedAt: "2026-11-23T09:39:37.000Z",
      metadata: { a: "b" },
      configDrive: true,
      keyName: undefined,
      fault: undefined,
    });
  });

  test.each(["", null])("with image %j was booted from a volume", async (image) => {
    server.script(`GET ${nova}/servers/s1`, { json: { server: { ...record, image } } });
    expect((await compute.getServer("s1")).imageId).toBeNull();
  });

  test("in ERROR says why; before it ran it has no launch and no config drive", async () => {
    const fault = { code: 500, created: "2026-11-23T09:39:34Z", message: "Flavor's disk is too small" };
    const broken = { ...record, status: "ERROR", fault, "OS-SRV-USG:launched_at": null, config_drive: "" };
    server.script(`GET ${nova}/servers/s1`, { json: { server: broken } });
    expect(await compute.getServer("s1")).toMatchObject({
      fault: { code: 500, message: "Flavor's disk is too small" },
      launchedAt: null,
      configDrive: false,
    });
  });

  test("of a wrong shape says where, and keeps the request's id", async () => {
    const flavor = { ...record.flavor, ram: "128" };
    server.script(`GET ${nova}/servers/s1`, { json: { server: { ...record, flavor } } });
    expect(await faultOf(compute.getServer("s1"))).toMatchObject({
      kind: "unexpectedShape",
      shapePath: "server.flavor.ram",
      requestId: "req-scripted",
      status: 200,
    });
  });

  test("that is no JSON is of a wrong shape", async () => {
    server.script(`GET ${nova}/servers/s1`, { text: "<html>maintenance</html>" });
    expect(await faultOf(compute.getServer("s1"))).toMatchObject({ kind: "unexpectedShape", shapePath: "" });
  });

  test("whose cell is down is unavailable, not gone and not misread", async () => {
    const partial = { id: "s1", status: "UNKNOWN", tenant_id: "project-1", created: record.created, links: [] };
    server.script(`GET ${nova}/servers/s1`, { json: { server: partial } });
    expect(await faultOf(compute.getServer("s1"))).toMatchObject({ kind: "unavailable", outcomeKnown: true });
    server.script(`GET ${nova}/servers/detail`, { json: { servers: [partial] } });
    expect(await faultOf(async () => names(compute.listServers()))).toMatchObject({ kind: "unavailable" });
  });

  test.each(["", ".", "..", "x".repeat(256)])("cannot have the id %j: nothing is sent", async (id) => {
    for (const call of [() => compute.getServer(id), () => compute.deleteServer(id), () => compute.stopServer(id)]) {
      expect(await faultOf(call)).toMatchObject({ kind: "badRequest" });
    }
    expect(server.seen).toHaveLength(0);
  });

  test("an id with a slash stays one segment", async () => {
    server.script(`GET ${nova}/servers/a%2Fb`, { status: 404 });
    expect(await faultOf(compute.getServer("a/b"))).toMatchObject({ kind: "notFound" });
  });
});

async function names(servers: AsyncIterable<{ name: string }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of servers) found.push(name);
  return found;
}

describe("a list of servers", () => {
  const list = `GET ${nova}/servers/detail`;
  const link = (query: string) => [{ rel: "next", href: `http://internal.invalid:8774/v2.1/servers/detail?${query}` }];

  test("follows the pages, by their query only: the host in a link may be out of reach", async () => {
    server.script(
      list,
      { json: { servers: [record], servers_links: link("limit=1&marker=s1") } },
      { json: { servers: [{ ...record, name: "probe-2" }] } },
    );
    expect(await names(compute.listServers({ pageSize: 1 }))).toEqual(["probe-1", "probe-2"]);
    expect(server.asked(list).map(({ query }) => query.toString())).toEqual(["limit=1", "limit=1&marker=s1"]);
  });

  test("asks for the next page only when it is needed", async () => {
    server.script(list, { json: { servers: [record], servers_links: link("marker=s1") } });
    for await (const { name } of compute.listServers()) {
      expect(name).toBe("probe-1");
      break;
    }
    expect(server.asked(list)).toHaveLength(1);
  });

  test("that goes round in circles ends", async () => {
    server.script(list, { json: { servers: [record], servers_links: link("marker=s1") } });
    const fault = await faultOf(async () => names(compute.listServers()));
    expect(fault).toMatchObject({ kind: "unexpectedShape" });
    expect(server.asked(list)).toHaveLength(2);
  });

  test("compares again: a filter that the cloud dropped lets nothing through", async () => {
    const servers = ["darkroom-a", "darkroom-ab", "DARKROOM-A", "x"].map((name) => ({ ...record, name }));
    server.script(list, { json: { servers } });
    expect(await names(compute.listServers({ name: "darkroom-a" }))).toEqual(["darkroom-a"]);
    expect(await names(compute.listServers({ namePattern: "^darkroom-" }))).toEqual(["darkroom-a", "darkroom-ab"]);
    expect(await names(compute.listServers({ status: "ACTIVE" }))).toEqual([]);
  });

  test("a name is sent as a whole, its signs taken literally", async () => {
    server.script(list, { json: { servers: [] } });
    await names(compute.listServers({ name: "a.b(1)", changesSince: "2026-11-23T00:00:00Z", allProjects: true }));
    expect(Object.fromEntries(server.asked(list)[0]?.query ?? [])).toEqual({
      name: "^a\\.b\\(1\\)$",
      "changes-since": "2026-11-23T00:00:00Z",
      all_tenants: "1",
    });
  });
});

describe("an action", () => {
  test("stopping what is stopped and starting what runs is a success", async () => {
    server.script(action, conflict("Cannot 'stop' instance s1 while it is in vm_state stopped"));
    await expect(compute.stopServer("s1")).resolves.toBeUndefined();
    server.script(action, conflict("Cannot 'start' instance s1 while it is in vm_state active"));
    await expect(compute.startServer("s1")).resolves.toBeUndefined();
    expect(server.asked(action).map(({ body }) => body)).toEqual(['{"os-stop":null}', '{"os-start":null}']);
  });

  test("starting what is stopped by name but in another state is none", async () => {
    server.script(action, conflict("Cannot 'start' instance s1 while it is in vm_state stopped"));
    expect(await faultOf(compute.startServer("s1"))).toMatchObject({ reason: { vmState: "stopped" } });
    server.script(action, conflict("Cannot 'stop' instance s1 while it is in task_state powering-off"));
    expect(await faultOf(compute.stopServer("s1"))).toMatchObject({ reason: { taskState: "powering-off" } });
    server.script(action, conflict("Instance s1 is locked"));
    expect(await faultOf(compute.stopServer("s1"))).toMatchObject({ reason: { locked: true } });
  });

  test("deleting what is gone is a success; what is locked is a conflict", async () => {
    const route = `DELETE ${nova}/servers/s1`;
    server.script(route, { status: 204 }, { status: 404 }, conflict("Instance s1 is locked"));
    await compute.deleteServer("s1");
    await compute.deleteServer("s1");
    expect(await faultOf(compute.deleteServer("s1"))).toMatchObject({ kind: "conflict", reason: { locked: true } });
  });

  test("an image begins with its id and the request's", async () => {
    server.script(action, { status: 202, json: { image_id: "i9" } });
    const begun = await compute.createImage("s1", { name: "n", metadata: { darkroom_mark: "m" } });
    expect(begun).toEqual({ imageId: "i9", requestId: "req-scripted" });
    const [asked] = server.asked(action);
    expect(JSON.parse(asked?.body ?? "")).toEqual({ createImage: { name: "n", metadata: { darkroom_mark: "m" } } });
  });

  test("an image that began without an id may have begun", async () => {
    server.script(action, { status: 202, json: {} });
    const fault = await faultOf(compute.createImage("s1", { name: "n", metadata: {} }));
    expect(fault).toMatchObject({ kind: "unexpectedShape", shapePath: "image_id", outcomeKnown: false });
  });

  test("the console is read again after a reset: looking does no harm", async () => {
    server.script(action, "reset", { json: { output: "hi\n" } });
    expect(await compute.getConsole("s1", { length: 50 })).toBe("hi\n");
    expect(JSON.parse(server.asked(action)[1]?.body ?? "")).toEqual({ "os-getConsoleOutput": { length: 50 } });
  });
});

test("a server is created without a port, its user data as base64", async () => {
  server.script(`POST ${nova}/servers`, { status: 202, json: { server: { id: "s2", adminPass: "hush", links: [] } } });
  const made = await compute.createServer({
    name: "darkroom-m",
    imageId: "i1",
    flavorId: "f1",
    networks: "none",
    configDrive: true,
    userData: "#!/bin/sh\necho grüezi\n",
    metadata: { a: "b" },
  });
  expect(made).toEqual({ id: "s2", requestId: "req-scripted" });
  const [asked] = server.asked(`POST ${nova}/servers`);
  const { user_data, ...rest } = JSON.parse(asked?.body ?? "").server;
  expect(Buffer.from(user_data, "base64").toString("utf8")).toBe("#!/bin/sh\necho grüezi\n");
  expect(rest).toEqual({
    name: "darkroom-m",
    imageRef: "i1",
    flavorRef: "f1",
    networks: "none",
    config_drive: true,
    metadata: { a: "b" },
  });
});

test("flavors are read from all pages", async () => {
  const flavor = { id: "f1", name: "m1.tiny", ram: 512, disk: 2, vcpus: 1, "os-flavor-access:is_public": true };
  const next = [{ rel: "next", href: "http://internal.invalid/v2.1/flavors/detail?marker=f1" }];
  server.script(
    `GET ${nova}/flavors/detail`,
    { json: { flavors: [{ ...flavor, extra_specs: { a: "b" } }], flavors_links: next } },
    { json: { flavors: [{ ...flavor, id: "f2", "OS-FLV-DISABLED:disabled": true }] } },
  );
  const sizes = { name: "m1.tiny", ramMib: 512, diskGib: 2, vcpus: 1, isPublic: true };
  expect(await compute.listFlavors()).toEqual([
    { id: "f1", ...sizes, disabled: false, extraSpecs: { a: "b" } },
    { id: "f2", ...sizes, disabled: true, extraSpecs: undefined },
  ]);
});

test("what became of a request is read with its events", async () => {
  const base = { action: "createImage", request_id: "req-1", user_id: "u", project_id: "p", message: null };
  const times = { start_time: "2026-11-23T10:39:14.000000", updated_at: "2026-11-23T10:39:15.000000" };
  const failed = {
    event: "compute_snapshot_instance",
    start_time: "2026-11-23T10:39:14.000000",
    finish_time: null,
    result: "Error",
    details: "no space",
    traceback: null,
  };
  const path = `GET ${nova}/servers/s1/os-instance-actions`;
  server.script(path, { json: { instanceActions: [{ ...base, ...times, links: [] }] } });
  server.script(`${path}/req-1`, { json: { instanceAction: { ...base, ...times, events: [failed] } } });
  const read = {
    action: "createImage",
    requestId: "req-1",
    startedAt: "2026-11-23T10:39:14.000Z",
    updatedAt: "2026-11-23T10:39:15.000Z",
    message: null,
    userId: "u",
    projectId: "p",
  };
  expect(await compute.listInstanceActions("s1")).toEqual([read]);
  const startedAt = "2026-11-23T10:39:14.000Z";
  const event = { event: failed.event, startedAt, finishedAt: null, result: "Error", details: "no space" };
  expect(await compute.getInstanceAction("s1", "req-1")).toEqual({ ...read, events: [event] });
});

test("limits: -1 is none, what is not told is unknown", async () => {
  const absolute = { maxTotalInstances: 10, totalInstancesUsed: 1, maxTotalCores: -1, totalCoresUsed: 3 };
  server.script(`GET ${nova}/limits`, { json: { limits: { rate: [], absolute } } });
  expect(await compute.getLimits()).toEqual({
    instances: { limit: 10, used: 1 },
    cores: { limit: "unlimited", used: 3 },
    ramMib: { limit: "unknown", used: "unknown" },
  });
});

test("a catalogue without Nova is a fault that says so", async () => {
  await server.close();
  server = await startScriptedCloud({ more: { catalog: [] } });
  const fault = await faultOf(connect(server.config).compute.getServer("s1"));
  expect(fault).toMatchObject({ kind: "unexpectedShape", service: "compute" });
  expect(fault.detail).toContain("not scoped to a project");
});
