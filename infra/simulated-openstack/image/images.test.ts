// Images made, filled, listed, deleted, and the shapes of errors; as measured on Glance 25.
import { createHash } from "node:crypto";
import { demoIds } from "../index.ts";
import { type Reply, type Speaker, tryOut } from "../test-client.ts";

const images = "/image/v2/images";
const octets = { "Content-Type": "application/octet-stream" };
const messageOf = ({ status, body }: Reply) => [
  status,
  (body as { message: string }).message.replace("<br /><br />\n\n\n", ""),
];
type List = { images: { id: string; name: string }[]; first: string; next?: string };
const list = async (who: Speaker, query: string) => (await who.ask("GET", `${images}?${query}`)).body as List;
const names = async (who: Speaker, query: string) => (await list(who, query)).images.map(({ name }) => name);
const make = async (who: Speaker, body: object) => ((await who.ask("POST", images, body)).body as { id: string }).id;

test("errors are HTML, or JSON where JSON is liked better; the code is a text", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const type = async (accept: string) =>
    (await alice.ask("GET", `${images}/nope`, undefined, { Accept: accept })).headers.get("Content-Type");
  expect((await alice.ask("GET", `${images}/nope`)).body).toEqual({
    message: "No image found with ID nope<br /><br />\n\n\n",
    code: "404 Not Found",
    title: "Not Found",
  });
  const html = await alice.ask("GET", `${images}/nope`, undefined, { Accept: "*/*" });
  expect(html.text).toContain("<h1>404 Not Found</h1>\n  No image found with ID nope<br /><br />");
  expect(
    await Promise.all(
      [
        "application/json",
        "application/*",
        "*/*;q=0.1, application/json",
        "application/json, */*",
        "*/*",
        "text/plain",
      ].map(type),
    ),
  ).toEqual([
    "application/json",
    "application/json",
    "application/json",
    "text/html; charset=UTF-8",
    "text/html; charset=UTF-8",
    "text/plain; charset=UTF-8",
  ]);
});

test("300 with the versions at the root, without a token; 401 without one anywhere else, and without a request id", async () => {
  await using out = await tryOut();
  const versions = await out.ask("GET", "/image/");
  expect([versions.status, versions.body]).toEqual([
    300,
    { versions: expect.arrayContaining([expect.objectContaining({ id: "v2.15", status: "CURRENT" })]) },
  ]);
  expect((await out.ask("GET", "/image/versions")).status).toBe(200);
  const refused = await out.ask("GET", images);
  expect([
    refused.status,
    refused.headers.get("X-Openstack-Request-Id"),
    refused.headers.get("WWW-Authenticate"),
  ]).toEqual([401, null, `Keystone uri="${out.cloud.authUrl}"`]);
  expect((await (await out.as("alice")).ask("GET", images)).headers.get("X-Openstack-Request-Id")).toMatch(/^req-/);
});

test("a record: queued, shared, the caller's; with an id of one's own, once", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = "22222222-2222-4222-8222-222222222222";
  const made = await alice.ask("POST", images, { id, foo: "bar", tags: ["a", "a"] });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    id,
    status: "queued",
    visibility: "shared",
    owner: demoIds.projects["astro-lab"],
    foo: "bar",
    tags: ["a"],
    size: null,
    name: null,
  });
  expect(made.headers.get("Location")).toBe(`${out.cloud.url}${images}/${id}`);
  expect(messageOf(await alice.ask("POST", images, { id }))).toEqual([409, `Image ID ${id} already exists!`]);
});

test.each([
  [{ visibility: "public" }, 403, "You are not authorized to complete publicize_image action."],
  [
    { owner: demoIds.projects["bio-lab"] },
    403,
    `You are not permitted to create images owned by '${demoIds.projects["bio-lab"]}'.`,
  ],
  [{ status: "active" }, 403, "Attribute 'status' is read-only."],
  [
    { os_glance_x: "a" },
    403,
    "Access was denied to this resource.<br /><br />\nAttribute 'os_glance_x' is reserved.\n\n",
  ],
  [{ foo: 3 }, 400, expect.stringContaining("3 is not of type 'string'")],
  [{ disk_format: "zz" }, 400, expect.stringContaining("'zz' is not one of [None, 'ami'")],
  [{ id: "zz" }, 400, expect.stringContaining("does not match")],
])("a record %j is refused", async (body, status, message) => {
  await using out = await tryOut();
  expect(messageOf(await (await out.as("alice")).ask("POST", images, body))).toEqual([status, message]);
});

test("bytes: formats first, then once, by the owner; size, hashes and virtual size stand on it then", async () => {
  await using out = await tryOut();
  const [alice, bob] = [await out.as("alice"), await out.as("bob")];
  const id = await make(alice, { name: "r" });
  const put = (who: Speaker, headers: Record<string, string> = octets) =>
    who.ask("PUT", `${images}/${id}/file`, "x".repeat(1500), headers);
  expect(messageOf(await put(alice))).toEqual([
    400,
    "Properties disk_format, container_format must be set prior to saving data.",
  ]);
  await alice.patch(id, [
    { op: "replace", path: "/disk_format", value: "raw" },
    { op: "replace", path: "/container_format", value: "bare" },
  ]);
  expect((await alice.ask("GET", `${images}/${id}/file`)).status).toBe(204);
  expect((await put(alice, { "Content-Type": "application/json" })).status).toBe(415);
  expect((await put(bob)).status).toBe(404);
  expect((await put(alice)).status).toBe(204);
  expect(messageOf(await put(alice))).toEqual([409, "Image status transition from active to saving is not allowed"]);
  const hash = (name: string) => createHash(name).update("x".repeat(1500)).digest("hex");
  expect((await alice.ask("GET", `${images}/${id}`)).body).toMatchObject({
    status: "active",
    size: 1500,
    virtual_size: 1500,
    checksum: hash("md5"),
    os_hash_algo: "sha512",
    os_hash_value: hash("sha512"),
    stores: "file",
  });
  const whole = await alice.ask("GET", `${images}/${id}/file`);
  expect([whole.status, whole.text.length, whole.headers.get("Content-MD5")]).toEqual([200, 1500, hash("md5")]);
  const part = await alice.ask("GET", `${images}/${id}/file`, undefined, { Range: "bytes=10-19" });
  expect([part.status, part.text, part.headers.get("Content-Range")]).toEqual([
    206,
    "x".repeat(10),
    "bytes 10-19/1500",
  ]);
});

test("the virtual size of a qcow2 is what its header says; of what only claims to be one there is none", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const header = Buffer.alloc(512);
  header.writeUInt32BE(0x514649fb, 0);
  header.writeBigUInt64BE(BigInt(2 ** 31), 24);
  const sizes = [];
  for (const bytes of [header, Buffer.alloc(512)]) {
    const id = await make(alice, { disk_format: "qcow2", container_format: "bare" });
    await alice.ask("PUT", `${images}/${id}/file`, new Uint8Array(bytes), octets);
    sizes.push(((await alice.ask("GET", `${images}/${id}`)).body as { virtual_size: unknown }).virtual_size);
  }
  expect(sizes).toEqual([2 ** 31, null]);
});

test("more bytes than this cloud keeps are 413, and the image stays queued", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = await make(alice, { disk_format: "raw", container_format: "bare" });
  expect((await alice.ask("PUT", `${images}/${id}/file`, new Uint8Array(64 * 2 ** 20 + 1), octets)).status).toBe(413);
  expect((await alice.ask("GET", `${images}/${id}`)).body).toMatchObject({ status: "queued" });
});

test("deletion: protected 403, another's 403 or 404, then 204 and 404", async () => {
  await using out = await tryOut();
  const [alice, bob] = [await out.as("alice"), await out.as("bob")];
  const own = demoIds.images["taken-name"];
  await alice.patch(own, [{ op: "replace", path: "/protected", value: true }]);
  expect(messageOf(await alice.ask("DELETE", `${images}/${own}`))).toEqual([
    403,
    `Image ${own} is protected and cannot be deleted.`,
  ]);
  await alice.patch(own, [{ op: "replace", path: "/protected", value: false }]);
  expect(messageOf(await bob.ask("DELETE", `${images}/${own}`))).toEqual([
    404,
    `Failed to find image ${own} to delete`,
  ]);
  expect(messageOf(await bob.ask("DELETE", `${images}/${demoIds.images["debian-12"]}`))).toEqual([
    403,
    "You do not own this image",
  ]);
  expect((await alice.ask("DELETE", `${images}/${own}`)).status).toBe(204);
  expect((await alice.ask("DELETE", `${images}/${own}`)).status).toBe(404);
});

test("its owner puts an image out of use and back: its bytes are 403 meanwhile", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = await make(alice, { disk_format: "raw", container_format: "bare" });
  await alice.ask("PUT", `${images}/${id}/file`, "bytes", octets);
  expect((await alice.ask("POST", `${images}/${id}/actions/deactivate`)).status).toBe(204);
  expect((await alice.ask("GET", `${images}/${id}/file`)).status).toBe(403);
  expect((await (await out.as("admin")).ask("GET", `${images}/${id}/file`)).status).toBe(200);
  expect((await alice.ask("POST", `${images}/${id}/actions/reactivate`)).status).toBe(204);
  expect((await alice.ask("GET", `${images}/${id}/file`)).text).toBe("bytes");
});

test("lists: 25 where nothing is said, next as a path that keeps the filters, each image once", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  for (let index = 0; index < 30; index++) await make(alice, { name: `n${index}`, mark: "m" });
  const first = await list(alice, "mark=m");
  expect(first.images).toHaveLength(25);
  expect([first.first, first.next]).toEqual([
    "/v2/images?mark=m",
    `/v2/images?mark=m&marker=${first.images.at(-1)?.id}`,
  ]);
  const rest = (await alice.ask("GET", `/image${first.next}`)).body as List;
  expect([rest.images.length, rest.next, rest.first]).toEqual([5, undefined, "/v2/images?mark=m"]);
  expect(new Set([...first.images, ...rest.images].map(({ id }) => id)).size).toBe(30);
  // The newest first, those of one second too.
  expect([first.images[0]?.name, rest.images.at(-1)?.name]).toEqual(["n29", "n0"]);
});

test("filters: any property, owner, name, status, tag, hidden, size, format", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await make(alice, { name: "queued one", tags: ["a", "b"], os_hidden: true });
  expect(await names(alice, "instance_uuid=e0000000-0000-4000-8000-000000000009")).toEqual(["shelved-1-shelved"]);
  expect(await names(alice, `owner=${demoIds.projects["astro-lab"]}&visibility=private`)).toEqual([
    "shelved-1-shelved",
    "taken-name",
  ]);
  expect(await names(alice, "name=in:taken-name,debian-12")).toEqual(["taken-name", "debian-12"]);
  expect(await names(alice, "status=queued")).toEqual([]);
  expect(await names(alice, "status=queued&os_hidden=true")).toEqual(["queued one"]);
  expect(await names(alice, "os_hidden=true&tag=a&tag=b")).toEqual(["queued one"]);
  expect(await names(alice, "os_hidden=true&tag=a&tag=c")).toEqual([]);
  expect(await names(alice, "size_min=5000000000")).toEqual(["windows-2022"]);
  expect(await names(alice, "sort=name:asc&visibility=public")).toEqual([
    "debian-12",
    "rocky-9-minimal",
    "ubuntu-24.04",
    "windows-2022",
  ]);
  expect(await names(alice, "os_type=windows&sort_key=size&sort_dir=asc")).toEqual(["windows-2022"]);
  expect(await names(alice, "created_at=gt:2030-01-01T00:00:00Z")).toEqual([]);
});

test.each([
  ["member_status=zz", "Invalid status: zz"],
  ["visibility=zz", "Invalid visibility value: zz"],
  ["limit=x", "limit param must be an integer"],
  ["limit=-1", "limit param must be positive"],
  ["marker=nope", "No image found with ID nope"],
  [
    "sort_key=zz",
    "Invalid sort key: zz. It must be one of the following: name, status, container_format, disk_format, size, id, created_at, updated_at.",
  ],
  ["sort=name:zz", "Invalid sort direction: zz"],
  ["os_hidden=zz", "Invalid value 'zz' for 'os_hidden' filter. Valid values are 'true' or 'false'."],
  ["created_at=zz", 'Bad "created_at" query filter format. Use ISO 8601 DateTime notation.'],
  ["size_min=x", "Unable to filter on a range with a non-numeric value."],
])("a list with %s is 400", async (query, message) => {
  await using out = await tryOut();
  expect(messageOf(await (await out.as("alice")).ask("GET", `${images}?${query}`))).toEqual([400, message]);
});

test("quota: unknown without unified limits; with them told, and 413 beyond", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.ask("GET", "/image/v2/info/usage")).body).toEqual({ usage: {} });
  out.cloud.state.imageLimits = { sizeTotalMib: 100, countTotal: 3, countUploading: 10, stageTotalMib: 100 };
  expect((await alice.ask("GET", "/image/v2/info/usage")).body).toMatchObject({
    usage: { image_count_total: { limit: 3, usage: 2 }, image_size_total: { limit: 100, usage: 655 } },
  });
  expect(
    (await alice.ask("POST", images, { name: "third", disk_format: "raw", container_format: "bare" })).status,
  ).toBe(201);
  expect((await alice.ask("POST", images, { name: "fourth" })).status).toBe(413);
  expect((await alice.ask("PUT", `${images}/${out.cloud.ids.image("third")}/file`, "x", octets)).status).toBe(413);
});

test("tags one by one; a method that is not there is 405", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const tag = `${images}/${demoIds.images["taken-name"]}/tags/blue`;
  const statuses = [];
  for (const method of ["PUT", "PUT", "DELETE", "DELETE"]) statuses.push((await alice.ask(method, tag)).status);
  expect(statuses).toEqual([204, 204, 204, 404]);
  const wrong = await alice.ask("PUT", images, {});
  expect([wrong.status, wrong.headers.get("Allow")]).toEqual([405, "GET, POST"]);
});
