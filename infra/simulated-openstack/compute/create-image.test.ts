// Snapshots, as measured on Nova 26 and Glance 25.
import { demoIds } from "../index.ts";
import { nova, type Speaker, type TryOut, tryOut } from "../test-client.ts";

const { servers } = demoIds;
const stopped = servers["stopped-1"];

async function snapshot(speaker: Speaker, serverId: string, metadata: Record<string, string> = {}) {
  const { body, headers } = await speaker.act(serverId, { createImage: { name: "snap", metadata } });
  return { imageId: (body as { image_id: string }).image_id, requestId: headers.get("X-Openstack-Request-Id") ?? "" };
}

const imageOf = async (speaker: Speaker, imageId: string) =>
  (await speaker.ask("GET", `/image/v2/images/${imageId}`)).body as Record<string, unknown>;

async function both(out: TryOut, speaker: Speaker, serverId: string, imageId: string, atMs: number[]) {
  const seen = [];
  let passed = 0;
  for (const at of atMs) {
    out.clock.advance(at - passed);
    passed = at;
    const { server } = (await speaker.ask("GET", `/compute/v2.1/servers/${serverId}`)).body as {
      server: Record<string, unknown>;
    };
    const image = await imageOf(speaker, imageId);
    seen.push([server["OS-EXT-STS:task_state"], image.status, image.size]);
  }
  return seen;
}

test("355 MiB: queued, then saving, then active, 3.9 s in all; no size until active", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { imageId } = await snapshot(alice, stopped);
  expect(await both(out, alice, stopped, imageId, [0, 150, 300, 2400, 2600, 3799, 3899, 3900])).toEqual([
    ["image_snapshot_pending", "queued", null],
    ["image_snapshot", "queued", null],
    ["image_pending_upload", "queued", null],
    ["image_uploading", "queued", null],
    ["image_uploading", "saving", null],
    ["image_uploading", "active", 355 * 2 ** 20],
    ["image_uploading", "active", 355 * 2 ** 20],
    [null, "active", 355 * 2 ** 20],
  ]);
});

test("what Nova puts on it at first, and what comes with the bytes", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await alice.patch(demoIds.images["debian-12"], []);
  const { imageId } = await snapshot(alice, stopped, { darkroom_mark: "m1", os_distro: "mine" });
  const queued = await imageOf(alice, imageId);
  const inherited = {
    base_image_ref: demoIds.images["debian-12"],
    boot_roles: "member,reader",
    owner_project_name: "astro-lab",
    owner_user_name: "alice",
    hw_cdrom_bus: "ide",
    hw_disk_bus: "virtio",
    hw_input_bus: "usb",
    hw_machine_type: "pc",
    hw_pointer_model: "usbtablet",
    hw_qemu_guest_agent: "yes",
    hw_rng_model: "virtio",
    hw_video_model: "virtio",
    hw_vif_model: "virtio",
    image_type: "snapshot",
    instance_uuid: stopped,
    user_id: demoIds.users.alice,
    os_type: "linux",
    os_version: "12",
    // What the call says wins over what is inherited.
    os_distro: "mine",
    darkroom_mark: "m1",
  };
  const core = [
    "checksum",
    "container_format",
    "created_at",
    "disk_format",
    "file",
    "id",
    "min_disk",
    "min_ram",
    "name",
    "os_hash_algo",
    "os_hash_value",
    "os_hidden",
    "owner",
    "protected",
    "schema",
    "self",
    "size",
    "status",
    "tags",
    "updated_at",
    "virtual_size",
    "visibility",
  ];
  const properties = (image: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(image).filter(([name]) => !core.includes(name) && name !== "stores"));
  expect(properties(queued)).toEqual(inherited);
  expect(queued).toMatchObject({
    min_disk: 20,
    min_ram: 0,
    visibility: "private",
    owner: demoIds.projects["astro-lab"],
    disk_format: null,
    container_format: null,
    virtual_size: null,
  });
  out.clock.advance(3900);
  const active = await imageOf(alice, imageId);
  expect(properties(active)).toEqual({
    ...inherited,
    image_location: "snapshot",
    image_state: "available",
    owner_id: demoIds.projects["astro-lab"],
  });
  expect(active).toMatchObject({
    disk_format: "qcow2",
    container_format: "bare",
    virtual_size: 20 * 2 ** 30,
    os_hash_algo: "sha512",
    os_hash_value: expect.stringMatching(/^[0-9a-f]{128}$/),
  });
});

test("a custom property of the base image, a mark of ours too, comes along; image signatures and what is too long do not", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  await admin.patch(demoIds.images["debian-12"], [
    { op: "add", path: "/darkroom_mark", value: "old" },
    { op: "add", path: "/img_signature", value: "s" },
    { op: "add", path: "/cache_in_nova", value: "yes" },
    { op: "add", path: "/long", value: "x".repeat(256) },
  ]);
  const made = await alice.ask(
    "POST",
    "/compute/v2.1/servers",
    {
      server: {
        name: "child",
        imageRef: demoIds.images["debian-12"],
        flavorRef: demoIds.flavors["m1.tiny"],
        networks: "none",
      },
    },
    nova(37),
  );
  out.clock.advance(4000);
  const { imageId } = await snapshot(alice, (made.body as { server: { id: string } }).server.id);
  const image = await imageOf(alice, imageId);
  expect(image).toMatchObject({ darkroom_mark: "old", min_disk: 2 });
  for (const name of ["img_signature", "cache_in_nova", "long"]) expect(image).not.toHaveProperty(name);
});

test("2.45 names the image in the body, 2.44 in a Location without Glance's version", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const old = await alice.act(stopped, { createImage: { name: "old" } }, 44);
  expect([old.status, old.text]).toEqual([202, ""]);
  expect(old.headers.get("Location")).toBe(`${out.cloud.url}/image/images/${out.cloud.ids.image("old")}`);
  out.clock.advance(4000);
  const now = await alice.act(stopped, { createImage: { name: "now" } }, 45);
  expect([now.body, now.headers.get("Location")]).toEqual([{ image_id: out.cloud.ids.image("now") }, null]);
});

test("a second one at once is 409 by the task state; a running guest goes on running", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await snapshot(alice, servers["analysis-1"]);
  out.clock.advance(150);
  const second = await alice.act(servers["analysis-1"], { createImage: { name: "second" } });
  expect([second.status, second.text]).toEqual([
    409,
    expect.stringContaining("while it is in task_state image_snapshot"),
  ]);
  expect((await alice.ask("GET", `/compute/v2.1/servers/${servers["analysis-1"]}`)).body).toMatchObject({
    server: { status: "ACTIVE", "OS-EXT-STS:power_state": 1 },
  });
});

test.each([200, 2400, 2700])(
  "deleted after %i ms while being taken: the server's task state goes by itself, the event says Success",
  async (afterMs) => {
    await using out = await tryOut();
    const alice = await out.as("alice");
    const { imageId, requestId } = await snapshot(alice, stopped);
    out.clock.advance(afterMs);
    expect((await alice.ask("DELETE", `/image/v2/images/${imageId}`)).status).toBe(204);
    expect((await alice.ask("GET", `/image/v2/images/${imageId}`)).status).toBe(404);
    out.clock.advance(3900);
    expect((await alice.ask("GET", `/compute/v2.1/servers/${stopped}`)).body).toMatchObject({
      server: { status: "SHUTOFF", "OS-EXT-STS:task_state": null },
    });
    expect((await alice.ask("GET", `/image/v2/images/${imageId}`)).status).toBe(404);
    const { body } = await alice.ask(
      "GET",
      `/compute/v2.1/servers/${stopped}/os-instance-actions/${requestId}`,
      undefined,
      nova(93),
    );
    expect(body).toMatchObject({
      instanceAction: { message: null, events: [{ event: "compute_snapshot_instance", result: "Success" }] },
    });
  },
);

test("a failure on the hypervisor: Nova deletes the image, and the action's event says Error; why, only to administrators", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  const guest = out.cloud.state.servers[stopped]?.guest;
  if (guest) guest.snapshotFailure = "No space left on device";
  const { imageId, requestId } = await snapshot(alice, stopped);
  expect((await imageOf(alice, imageId)).status).toBe("queued");
  out.clock.advance(3900);
  expect((await alice.ask("GET", `/image/v2/images/${imageId}`)).status).toBe(404);
  const action = async (who: Speaker) =>
    (await who.ask("GET", `/compute/v2.1/servers/${stopped}/os-instance-actions/${requestId}`, undefined, nova(93)))
      .body as { instanceAction: { events: object[] } };
  expect(await action(alice)).toMatchObject({
    instanceAction: {
      action: "createImage",
      message: "Error",
      events: [{ event: "compute_snapshot_instance", result: "Error" }],
    },
  });
  expect((await action(alice)).instanceAction.events[0]).not.toHaveProperty("details");
  expect(await action(admin)).toMatchObject({ instanceAction: { events: [{ details: "No space left on device" }] } });
  // Once is enough: the next one succeeds.
  const next = await snapshot(alice, stopped);
  out.clock.advance(3900);
  expect(await imageOf(alice, next.imageId)).toMatchObject({ status: "active" });
});

test("deleting the server meanwhile takes the unfinished image with it", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { imageId } = await snapshot(alice, stopped);
  out.clock.advance(1000);
  expect((await alice.ask("DELETE", `/compute/v2.1/servers/${stopped}`)).status).toBe(204);
  out.clock.advance(4000);
  expect((await alice.ask("GET", `/image/v2/images/${imageId}`)).status).toBe(404);
});

test("a restart of the compute service clears the task state and leaves the image queued for ever", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { imageId } = await snapshot(alice, stopped);
  const server = out.cloud.state.servers[stopped];
  if (server) Object.assign(server, { operation: null, taskState: null });
  out.clock.advance(3_600_000);
  expect(await both(out, alice, stopped, imageId, [0])).toEqual([[null, "queued", null]]);
});

test("booted from a volume: active at once, empty, and naming snapshots of every volume", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { imageId, requestId } = await snapshot(alice, servers["volume-backed-1"], { mark: "q" });
  const image = await imageOf(alice, imageId);
  expect(image).toMatchObject({
    status: "active",
    size: 0,
    virtual_size: null,
    bdm_v2: "True",
    mark: "q",
    base_image_ref: "",
    root_device_name: "/dev/vda",
  });
  expect(JSON.parse(String(image.block_device_mapping))).toEqual([
    expect.objectContaining({ source_type: "snapshot", destination_type: "volume", boot_index: 0 }),
  ]);
  // Which server it is of it does not say.
  for (const name of ["instance_uuid", "image_type"]) expect(image).not.toHaveProperty(name);
  const file = await alice.ask("GET", `/image/v2/images/${imageId}/file`);
  expect([file.status, file.text]).toEqual([200, ""]);
  const { body } = await alice.ask(
    "GET",
    `/compute/v2.1/servers/${servers["volume-backed-1"]}/os-instance-actions/${requestId}`,
    undefined,
    nova(93),
  );
  expect(body).toMatchObject({ instanceAction: { events: [{ event: "api_snapshot_instance", result: "Success" }] } });
});

test.each([
  [{}, "Invalid input for field/attribute createImage. Value: {}. 'name' is a required property"],
  [{ name: "" }, "Invalid input for field/attribute name. Value: . '' is too short"],
  [{ name: "a", metadata: { k: 1 } }, "Invalid input for field/attribute k. Value: 1. 1 is not of type 'string'"],
  [
    { name: "a", zzz: 1 },
    "Invalid input for field/attribute createImage. Value: {'name': 'a', 'zzz': 1}. Additional properties are not allowed ('zzz' was unexpected)",
  ],
  [
    { name: " a" },
    "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.",
  ],
  [null, "Invalid input for field/attribute createImage. Value: None. None is not of type 'object'"],
])("createImage %j is 400", async (argument, message) => {
  await using out = await tryOut();
  const before = Object.keys(out.cloud.state.images).length;
  const { status, body } = await (await out.as("alice")).act(stopped, { createImage: argument });
  expect([status, body]).toEqual([400, { badRequest: { code: 400, message } }]);
  expect(Object.keys(out.cloud.state.images)).toHaveLength(before);
});
