// Booting, as measured on Nova 26.
import { demoIds } from "../index.ts";
import { nova, type Reply, tryOut } from "../test-client.ts";

const { flavors, images } = demoIds;
const wish = (changes: Record<string, unknown> = {}) => ({
  server: { name: "new-1", imageRef: images["debian-12"], flavorRef: flavors["m1.tiny"], networks: "none", ...changes },
});
const idOf = ({ body }: Reply): string => (body as { server: { id: string } }).server.id;
const messageOf = ({ status, body }: Reply) => [
  status,
  Object.values(body as Record<string, { message: string }>)[0]?.message,
];

test("accepted at once, ACTIVE after 4 s, with who booted it from what", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const made = await alice.ask(
    "POST",
    "/compute/v2.1/servers",
    wish({ user_data: "IyEvYmluL3NoCg==", config_drive: true, metadata: { a: "b" } }),
    nova(37),
  );
  expect(made.status).toBe(202);
  expect(made.body).toMatchObject({
    server: { id: expect.any(String), adminPass: expect.any(String), security_groups: [{ name: "default" }] },
  });
  expect(made.headers.get("Location")).toBe(`${out.cloud.url}/compute/v2.1/servers/${idOf(made)}`);
  const seen = [];
  for (const ms of [0, 200, 200, 3599, 1]) {
    out.clock.advance(ms);
    const { server } = (await alice.ask("GET", `/compute/v2.1/servers/${idOf(made)}`)).body as {
      server: Record<string, unknown>;
    };
    seen.push([server.status, server["OS-EXT-STS:task_state"], server.config_drive, server.hostId === ""]);
  }
  expect(seen).toEqual([
    ["BUILD", "scheduling", "True", true],
    ["BUILD", null, "True", true],
    ["BUILD", "spawning", "True", false],
    ["BUILD", "spawning", "True", false],
    ["ACTIVE", null, "True", false],
  ]);
  expect(out.cloud.state.servers[idOf(made)]).toMatchObject({
    userData: "IyEvYmluL3NoCg==",
    systemMetadata: { owner_user_name: "alice", boot_roles: "member,reader" },
  });
});

test("while it is scheduled: stop is 404, a lock 500, a snapshot 409", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = idOf(await alice.ask("POST", "/compute/v2.1/servers", wish(), nova(37)));
  const statuses = [];
  for (const action of [{ "os-stop": null }, { lock: null }, { createImage: { name: "x" } }])
    statuses.push((await alice.act(id, action)).status);
  expect(statuses).toEqual([404, 500, 409]);
});

test("a disk smaller than the image's virtual size: accepted, then ERROR with the reason; a min_disk patched too low does not help", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  await admin.patch(images["debian-12"], [{ op: "replace", path: "/min_disk", value: 0 }]);
  const made = await alice.ask("POST", "/compute/v2.1/servers", wish({ flavorRef: flavors["m1.nano"] }), nova(37));
  expect(made.status).toBe(202);
  out.clock.advance(4000);
  const { body } = await alice.ask("GET", `/compute/v2.1/servers/${idOf(made)}`, undefined, nova(93));
  expect(body).toMatchObject({
    server: {
      status: "ERROR",
      hostId: "",
      "OS-EXT-STS:task_state": null,
      fault: {
        code: 500,
        message: `Build of instance ${idOf(made)} aborted: Flavor's disk is too small for requested image. Flavor disk is 1073741824 bytes, image is 2147483648 bytes.`,
      },
    },
  });
  expect(messageOf(await alice.act(idOf(made), { "os-stop": null }))).toEqual([
    409,
    `Instance ${idOf(made)} is not ready`,
  ]);
  expect((await alice.ask("DELETE", `/compute/v2.1/servers/${idOf(made)}`)).status).toBe(204);
  expect((await alice.ask("GET", `/compute/v2.1/servers/${idOf(made)}`)).status).toBe(404);
});

test.each([
  [{ op: "replace", path: "/min_ram", value: 4096 }, "Flavor's memory is too small for requested image."],
  [
    { op: "replace", path: "/min_disk", value: 5 },
    "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is 2147483648 bytes, minimum size is 5368709120 bytes.",
  ],
  [
    { op: "add", path: "/hw_disk_bus", value: "nonsense" },
    "Invalid image metadata. Error: Field value nonsense is invalid",
  ],
  [{ op: "add", path: "/os_type", value: "zz" }, "Invalid image metadata. Error: Field value zz is invalid"],
  [
    { op: "add", path: "/hw_cpu_cores", value: "many" },
    "Invalid image metadata. Error: invalid literal for int() with base 10: 'many'",
  ],
  [
    { op: "add", path: "/architecture", value: "zz" },
    "Invalid image metadata. Error: Architecture name 'zz' is not valid",
  ],
])("Glance takes %j, the next boot is 400", async (operation, message) => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  expect((await admin.patch(images["debian-12"], [operation])).status).toBe(200);
  expect(messageOf(await alice.ask("POST", "/compute/v2.1/servers", wish(), nova(37)))).toEqual([400, message]);
});

test.each([
  "hw_qemu_guest_agent",
  "os_require_quiesce",
  "hw_machine_type",
  "hw_boot_menu",
  "os_distro",
  "hw_nonsense",
  "constructor",
])("any value of %s boots", async (name) => {
  await using out = await tryOut();
  await (await out.as("admin")).patch(images["debian-12"], [{ op: "add", path: `/${name}`, value: "zz" }]);
  expect((await (await out.as("alice")).ask("POST", "/compute/v2.1/servers", wish(), nova(37))).status).toBe(202);
});

test.each([
  [{ imageRef: "11111111-1111-4111-8111-111111111111" }, 37, "Can not find requested image"],
  [
    { imageRef: "nope" },
    37,
    "Invalid input for field/attribute imageRef. Value: nope. 'nope' is not valid under any of the given schemas",
  ],
  [{ imageRef: "" }, 37, "Missing imageRef attribute"],
  [{ flavorRef: "99" }, 37, "Flavor 99 could not be found."],
  [{}, 36, "Invalid input for field/attribute networks. Value: none. 'none' is not of type 'array'"],
  [{ name: "" }, 37, "Invalid input for field/attribute name. Value: . '' is too short"],
  [{ zzz: 1 }, 93, expect.stringContaining("Additional properties are not allowed ('zzz' was unexpected)")],
  [{ tags: ["a"] }, 51, expect.stringContaining("Additional properties are not allowed ('tags' was unexpected)")],
  [{ user_data: "A".repeat(65_536) }, 37, expect.stringContaining("is too long")],
])("%j at 2.%i is 400", async (changes, minor, message) => {
  await using out = await tryOut();
  expect(
    messageOf(await (await out.as("alice")).ask("POST", "/compute/v2.1/servers", wish(changes), nova(minor))),
  ).toEqual([400, message]);
});

test("from 2.37 on networks must be said; tags are taken from 2.52 on", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { networks: _, ...rest } = wish().server;
  expect(messageOf(await alice.ask("POST", "/compute/v2.1/servers", { server: rest }, nova(37)))).toEqual([
    400,
    expect.stringContaining("'networks' is a required property"),
  ]);
  expect((await alice.ask("POST", "/compute/v2.1/servers", { server: rest }, nova(36))).status).toBe(202);
  const tagged = await alice.ask("POST", "/compute/v2.1/servers", wish({ tags: ["blue"] }), nova(52));
  expect((await alice.ask("GET", `/compute/v2.1/servers/${idOf(tagged)}`, undefined, nova(26))).body).toMatchObject({
    server: { tags: ["blue"] },
  });
});

test("an image that is queued or deactivated does not boot; one that is shared and pending does", async () => {
  await using out = await tryOut();
  const [alice, bob] = [await out.as("alice"), await out.as("bob")];
  const queued = (await alice.ask("POST", "/image/v2/images", { name: "q" })).body as { id: string };
  expect(messageOf(await alice.ask("POST", "/compute/v2.1/servers", wish({ imageRef: queued.id }), nova(37)))).toEqual([
    400,
    `Image ${queued.id} is not active.`,
  ]);
  const shared = images["taken-name"];
  expect(messageOf(await bob.ask("POST", "/compute/v2.1/servers", wish({ imageRef: shared }), nova(37)))).toEqual([
    400,
    "Can not find requested image",
  ]);
  await alice.patch(shared, [{ op: "replace", path: "/visibility", value: "shared" }]);
  await alice.ask("POST", `/image/v2/images/${shared}/members`, { member: demoIds.projects["bio-lab"] });
  expect((await bob.ask("POST", "/compute/v2.1/servers", wish({ imageRef: shared }), nova(37))).status).toBe(202);
  await alice.ask("POST", `/image/v2/images/${shared}/actions/deactivate`);
  expect(messageOf(await bob.ask("POST", "/compute/v2.1/servers", wish({ imageRef: shared }), nova(37)))).toEqual([
    400,
    `Image ${shared} is not active.`,
  ]);
});

test("the quota is kept, and told before", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.state.quota.instances = 13;
  expect((await alice.ask("GET", "/compute/v2.1/limits")).body).toMatchObject({
    limits: {
      absolute: { maxTotalInstances: 13, totalInstancesUsed: 13, totalCoresUsed: 13, totalRAMUsed: 13 * 2048 },
    },
  });
  expect(messageOf(await alice.ask("POST", "/compute/v2.1/servers", wish(), nova(37)))).toEqual([
    403,
    "Quota exceeded for instances: Requested 1, but already used 13 of 13 instances",
  ]);
  // What is deleted no longer counts, once it is gone.
  await alice.ask("DELETE", `/compute/v2.1/servers/${demoIds.servers["stopped-1"]}`);
  out.clock.advance(1900);
  expect((await alice.ask("POST", "/compute/v2.1/servers", wish(), nova(37))).status).toBe(202);
});

test("from a volume: no image, says so with an empty text, and the volume is attached", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { imageRef: _, ...rest } = wish().server;
  const mapping = { uuid: demoIds.volumes.spare, source_type: "volume", destination_type: "volume", boot_index: 0 };
  const made = await alice.ask(
    "POST",
    "/compute/v2.1/servers",
    { server: { ...rest, block_device_mapping_v2: [mapping] } },
    nova(37),
  );
  out.clock.advance(4000);
  expect((await alice.ask("GET", `/compute/v2.1/servers/${idOf(made)}`)).body).toMatchObject({
    server: { status: "ACTIVE", image: "", "os-extended-volumes:volumes_attached": [{ id: demoIds.volumes.spare }] },
  });
});
