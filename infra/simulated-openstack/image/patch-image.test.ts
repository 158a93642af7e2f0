// PATCH, as measured on Glance 25.
import { demoIds } from "../index.ts";
import { patchType, type Reply, tryOut } from "../test-client.ts";

const own = demoIds.images["taken-name"];
const open = demoIds.images["debian-12"];
/** What stands before the first line break, as a text. */
const messageOf = ({ status, body }: Reply) => [status, (body as { message: string }).message];
const end = "<br /><br />\n\n\n";

test("several changes at once: properties, name, tags, amounts, flags", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.clock.advance(5000);
  const { status, body } = await alice.patch(own, [
    { op: "replace", path: "/name", value: "better" },
    { op: "add", path: "/hw_disk_bus", value: "nonsense" },
    { op: "replace", path: "/hw_disk_bus", value: "scsi" },
    { op: "remove", path: "/os_distro" },
    { op: "add", path: "/tags", value: ["a", "b", "a"] },
    { op: "replace", path: "/min_disk", value: 3 },
    { op: "add", path: "/os_hidden", value: true },
    { op: "add", path: "/a~1b~0c", value: "slash and tilde" },
  ]);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    name: "better",
    hw_disk_bus: "scsi",
    tags: ["a", "b"],
    min_disk: 3,
    os_hidden: true,
    "a/b~c": "slash and tilde",
    updated_at: "2026-01-01T00:00:05Z",
  });
  expect(body).not.toHaveProperty("os_distro");
});

test("one change that is refused and none is made", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { status } = await alice.patch(own, [
    { op: "replace", path: "/name", value: "half" },
    { op: "replace", path: "/nothere", value: "x" },
  ]);
  expect(status).toBe(409);
  expect((await alice.ask("GET", `/image/v2/images/${own}`)).body).toMatchObject({ name: "taken-name" });
});

test.each([
  "status",
  "size",
  "virtual_size",
  "checksum",
  "os_hash_value",
  "os_hash_algo",
  "created_at",
  "updated_at",
  "id",
  "self",
  "file",
  "schema",
  "direct_url",
])("%s is read-only: 403, whatever is done to it", async (name) => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  for (const op of ["add", "replace", "remove"]) {
    expect(messageOf(await alice.patch(own, [{ op, path: `/${name}`, value: "x" }]))).toEqual([
      403,
      `Attribute '${name}' is read-only.${end}`,
    ]);
  }
});

test.each(["deleted", "deleted_at", "location", "os_glance_anything"])("%s is reserved: 403", async (name) => {
  await using out = await tryOut();
  expect(messageOf(await (await out.as("alice")).patch(own, [{ op: "add", path: `/${name}`, value: "x" }]))).toEqual([
    403,
    `Attribute '${name}' is reserved.${end}`,
  ]);
});

test.each(["name", "min_disk", "tags", "visibility", "protected", "owner", "disk_format"])(
  "%s cannot be removed: 403",
  async (name) => {
    await using out = await tryOut();
    expect(messageOf(await (await out.as("alice")).patch(own, [{ op: "remove", path: `/${name}` }]))).toEqual([
      403,
      `Access was denied to this resource.<br /><br />\nProperty ${name} may not be removed.\n\n`,
    ]);
  },
);

test.each(["replace", "remove"])("%s of a property that is not there is 409", async (op) => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  for (const name of ["nothere", "constructor"]) {
    expect(messageOf(await alice.patch(own, [{ op, path: `/${name}`, value: "x" }]))).toEqual([
      409,
      `There was a conflict when trying to complete your request.<br /><br />\nProperty ${name} does not exist.\n\n`,
    ]);
  }
});

test("the owner changes for administrators only; formats only while queued", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  const change = [{ op: "replace", path: "/owner", value: demoIds.projects["bio-lab"] }];
  expect(messageOf(await alice.patch(own, change))).toEqual([
    403,
    "Access was denied to this resource.<br /><br />\nOwner can't be updated by non admin.\n\n",
  ]);
  expect((await alice.patch(own, [{ op: "replace", path: "/disk_format", value: "raw" }])).status).toBe(403);
  const queued = (await alice.ask("POST", "/image/v2/images", {})).body as { id: string };
  expect((await alice.patch(queued.id, [{ op: "replace", path: "/disk_format", value: "raw" }])).body).toMatchObject({
    disk_format: "raw",
  });
  expect((await admin.patch(own, change)).status).toBe(200);
  expect((await alice.ask("GET", `/image/v2/images/${own}`)).status).toBe(404);
});

test.each([
  [{ op: "add", path: "/n", value: 1 }, "1 is not of type 'string'"],
  [{ op: "add", path: "/n", value: null }, "None is not of type 'string'"],
  [{ op: "add", path: "/n", value: { a: 1 } }, "{'a': 1} is not of type 'string'"],
  [{ op: "replace", path: "/min_disk", value: "3" }, "'3' is not of type 'integer'"],
  [
    { op: "replace", path: "/min_disk", value: -3 },
    "Invalid value '-3' for parameter 'min_disk': Cannot be a negative value",
  ],
  [{ op: "replace", path: "/protected", value: "yes" }, "'yes' is not of type 'boolean'"],
  [
    { op: "replace", path: "/visibility", value: "nonsense" },
    "'nonsense' is not one of ['community', 'public', 'private', 'shared']",
  ],
  [{ op: "replace", path: "/name", value: "n".repeat(256) }, "is too long"],
  [{ op: "replace", path: "/name", value: "a\u{1f52c}" }, "Name can't contain 4 byte unicode characters."],
  [{ op: "replace", path: "/tags", value: ["a\u{1f52c}"] }, "Param values can't contain 4 byte unicode."],
  [{ op: "replace", path: "/tags", value: "x" }, "'x' is not of type 'array'"],
  [{ op: "add", path: "/tags/-", value: "d" }, "Invalid JSON pointer for this resource: '/tags/-'"],
  [{ op: "add", path: "/a/b", value: "x" }, "Invalid JSON pointer for this resource: '/a/b'"],
  [{ op: "add", path: "name", value: "x" }, 'Pointer `name` does not start with "/".'],
  [{ op: "add", path: "/zz" }, 'Operation "add" requires a member named "value".'],
  [
    { op: "test", path: "/name", value: "x" },
    "Invalid operation: `test`. It must be one of the following: add, remove, replace.",
  ],
  [{ path: "/name", value: "x" }, "Unable to find `op` in JSON Schema change."],
  ["x", "Operations must be JSON objects."],
])("%j is 400", async (operation, message) => {
  await using out = await tryOut();
  expect(messageOf(await (await out.as("alice")).patch(own, [operation]))).toEqual([
    400,
    expect.stringContaining(message),
  ]);
});

test("415 without Glance's media type, which the answer names; the older one works with its own form", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const plain = await alice.ask("PATCH", `/image/v2/images/${own}`, [], { "Content-Type": "application/json" });
  expect(messageOf(plain)).toEqual([
    415,
    "The request media type application/json is not supported by this server.\n<br /><br />\n",
  ]);
  expect(plain.headers.get("Accept-Patch")).toContain(patchType);
  const older = { "Content-Type": "application/openstack-images-v2.0-json-patch" };
  expect(
    (await alice.ask("PATCH", `/image/v2/images/${own}`, [{ replace: "/name", value: "old form" }], older)).body,
  ).toMatchObject({ name: "old form" });
  expect(
    (await alice.ask("PATCH", `/image/v2/images/${own}`, [{ op: "add", path: "/x", value: "y" }], older)).status,
  ).toBe(400);
  expect((await alice.ask("PATCH", `/image/v2/images/${own}`, "{bad", { "Content-Type": patchType })).status).toBe(400);
  expect(messageOf(await alice.patch(own, { op: "add" }))).toEqual([
    400,
    `Request body must be a JSON array of operation objects.${end}`,
  ]);
  expect((await alice.patch(own, [])).status).toBe(200);
});

test("public is for administrators; what they made public its owner may take back; private, shared and community are the owner's", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  const to = (value: string) => [{ op: "replace", path: "/visibility", value }];
  for (const visibility of ["shared", "community", "private"])
    expect((await alice.patch(own, to(visibility))).status).toBe(200);
  expect(messageOf(await alice.patch(own, to("public")))).toEqual([
    403,
    `You are not authorized to complete publicize_image action.${end}`,
  ]);
  expect((await admin.patch(own, to("public"))).status).toBe(200);
  // Saying what it is already is refused as well; other changes are not.
  expect((await alice.patch(own, to("public"))).status).toBe(403);
  expect((await alice.patch(own, [{ op: "add", path: "/x", value: "y" }])).status).toBe(200);
  expect((await alice.patch(own, to("private"))).status).toBe(200);
});

test("another's image: 403 where it can be seen, 404 where it cannot", async () => {
  await using out = await tryOut();
  const bob = await out.as("bob");
  const change = [{ op: "add", path: "/x", value: "y" }];
  expect(messageOf(await bob.patch(open, change))).toEqual([403, `You do not own this image${end}`]);
  expect(messageOf(await bob.patch(own, change))).toEqual([404, `No image found with ID ${own}${end}`]);
});

test("128 properties and 128 tags at most: 413", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ op: "add", path: `/p${index}`, value: "x" }));
  expect((await alice.patch(own, many(127))).status).toBe(200);
  expect((await alice.patch(own, many(128))).status).toBe(413);
  expect(
    (
      await alice.patch(own, [
        { op: "replace", path: "/tags", value: Array.from({ length: 129 }, (_, index) => `t${index}`) },
      ])
    ).status,
  ).toBe(413);
});
