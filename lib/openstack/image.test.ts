// Glance's answers and what they become. The records are what a real Zed sent, shortened.
import { connect } from "./cloud.ts";
import { faultOf } from "./expect-fault.ts";
import { type ImageService, propertyPath } from "./image.ts";
import type { ImageFilter } from "./image-list.ts";
import { type ScriptedCloud, startScriptedCloud } from "./scripted-cloud.ts";

const images = "GET /image/v2/images";
const one = "/image/v2/images/i1";

let server: ScriptedCloud;
let service: ImageService;
beforeEach(async () => {
  server = await startScriptedCloud();
  service = connect(server.config).image;
});
afterEach(() => server.close());

const record = {
  id: "i1",
  name: "snap",
  status: "active",
  visibility: "private",
  owner: "project-1",
  size: 196624,
  virtual_size: 1073741824,
  min_disk: 1,
  min_ram: 0,
  disk_format: "qcow2",
  container_format: "bare",
  checksum: "59868f85",
  os_hash_algo: "sha512",
  os_hash_value: "99f15c43",
  tags: ["t1"],
  protected: false,
  os_hidden: false,
  created_at: "2026-11-23T09:40:54Z",
  updated_at: "2026-11-23T09:40:55Z",
  self: "/v2/images/i1",
  file: "/v2/images/i1/file",
  schema: "/v2/schemas/image",
  stores: "file",
  locations: [],
  direct_url: "file:///x",
  instance_uuid: "s1",
  "owner_specified.openstack.object": "images/blank",
  kernel_id: null,
  odd: 7,
};

describe("an image", () => {
  test("is read with its properties apart from its attributes", async () => {
    server.script(`GET ${one}`, { json: record });
    expect(await service.getImage("i1")).toEqual({
      id: "i1",
      name: "snap",
      status: "active",
      visibility: "private",
      owner: "project-1",
      sizeBytes: 196624,
      virtualSizeBytes: 1073741824,
      minDiskGib: 1,
      minRamMib: 0,
      diskFormat: "qcow2",
      containerFormat: "bare",
      checksum: "59868f85",
      hashAlgo: "sha512",
      hashValue: "99f15c43",
      tags: ["t1"],
      protected: false,
      hidden: false,
      createdAt: "2026-11-23T09:40:54.000Z",
      updatedAt: "2026-11-23T09:40:55.000Z",
      properties: { instance_uuid: "s1", "owner_specified.openstack.object": "images/blank", odd: "7" },
    });
  });

  test("whose bytes are not there yet has no size and no hash", async () => {
    const nothing = { size: null, virtual_size: null, checksum: null, os_hash_algo: null, os_hash_value: null };
    server.script(`GET ${one}`, { json: { ...record, ...nothing, status: "queued" } });
    const image = await service.getImage("i1");
    expect(image).toMatchObject({ sizeBytes: null, virtualSizeBytes: null, checksum: null, hashValue: null });
  });

  test("of a wrong shape says where", async () => {
    server.script(`GET ${one}`, { json: { ...record, tags: [1] } });
    expect(await faultOf(service.getImage("i1"))).toMatchObject({ kind: "unexpectedShape", shapePath: "tags.0" });
  });

  test("is deleted, or gone; in use it stays a conflict", async () => {
    const message = "Image i1 could not be deleted because it is in use: The image cannot be deleted";
    server.script(
      `DELETE ${one}`,
      { status: 204 },
      { status: 404 },
      { status: 409, json: { message: `${message}<br /><br />\n`, code: "409 Conflict", title: "Conflict" } },
    );
    await service.deleteImage("i1");
    await service.deleteImage("i1");
    expect(await faultOf(service.deleteImage("i1"))).toMatchObject({ kind: "conflict", reason: { inUse: true } });
  });

  test.each(["", ".."])("cannot have the id %j: nothing is sent", async (id) => {
    for (const call of [service.getImage(id), service.deleteImage(id), service.removeMember("i1", id)]) {
      expect(await faultOf(call)).toMatchObject({ kind: "badRequest" });
    }
    expect(server.seen).toHaveLength(0);
  });
});

describe("a patch", () => {
  test("goes out as Glance's own kind of JSON patch, and brings the image back", async () => {
    server.script(`PATCH ${one}`, { json: { ...record, name: "new" } });
    const operations = [
      { op: "add", path: propertyPath("a~b/c"), value: "x" },
      { op: "remove", path: propertyPath("locked_reason") },
    ] as const;
    expect((await service.patchImage("i1", [...operations])).name).toBe("new");
    const [asked] = server.asked(`PATCH ${one}`);
    expect(asked?.headers["content-type"]).toBe("application/openstack-images-v2.1-json-patch");
    expect(JSON.parse(asked?.body ?? "")).toEqual([
      { op: "add", path: "/a~0b~1c", value: "x" },
      { op: "remove", path: "/locked_reason" },
    ]);
  });
});

describe("a list of images", () => {
  async function ids(found: AsyncIterable<{ id: string }>): Promise<string[]> {
    const all: string[] = [];
    for await (const { id } of found) all.push(id);
    return all;
  }

  test("follows `next`, which is a path", async () => {
    server.script(
      images,
      { json: { images: [record], next: "/v2/images?limit=1&marker=i1" } },
      { json: { images: [{ ...record, id: "i2" }] } },
    );
    expect(await ids(service.listImages({ pageSize: 1 }))).toEqual(["i1", "i2"]);
    expect(server.asked(images)[1]?.query.toString()).toBe("limit=1&marker=i1");
  });

  test("sends every filter", async () => {
    server.script(images, { json: { images: [] } });
    await ids(
      service.listImages({
        owner: "p",
        name: "n",
        visibility: "shared",
        status: "active",
        tags: ["a", "b"],
        memberStatus: "all",
        hidden: true,
        properties: { darkroom_mark: "m&n" },
      }),
    );
    const asked = server.asked(images)[0]?.query;
    expect(asked?.getAll("tag")).toEqual(["a", "b"]);
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      owner: "p",
      name: "n",
      visibility: "shared",
      status: "active",
      member_status: "all",
      os_hidden: "true",
      darkroom_mark: "m&n",
      limit: "200",
    });
  });

  const misfits: [string, ImageFilter][] = [
    ["owner", { owner: "project-2" }],
    ["name", { name: "sna" }],
    ["visibility", { visibility: "public" }],
    ["status", { status: "queued" }],
    ["tags", { tags: ["t1", "t2"] }],
    ["hidden", { hidden: true }],
    ["properties", { properties: { instance_uuid: "s2" } }],
  ];
  test.each(misfits)("compares again: a dropped filter by %s lets nothing through", async (_name, filter) => {
    server.script(images, { json: { images: [record] } });
    expect(await ids(service.listImages(filter))).toEqual([]);
  });

  test("lets through what fits", async () => {
    server.script(images, { json: { images: [record] } });
    const filter = { owner: "project-1", name: "snap", tags: ["t1"], properties: { instance_uuid: "s1" } };
    expect(await ids(service.listImages({ ...filter, visibility: "all" }))).toEqual(["i1"]);
  });

  test.each([
    ["debian:12", 'in:"debian:12"'],
    ["in:snap", 'in:"in:snap"'],
    ['a "b":c', null],
    ["plain, with comma", "plain, with comma"],
  ])("the name %j is asked for as %j: a colon is an operator to Glance", async (name, asked) => {
    server.script(images, { json: { images: [record, { ...record, id: "i2", name }] } });
    expect(await ids(service.listImages({ name }))).toEqual(["i2"]);
    expect(server.asked(images)[0]?.query.get("name")).toBe(asked);
  });
});

describe("members", () => {
  const member = {
    image_id: "i1",
    member_id: "p2",
    status: "pending",
    created_at: "2026-11-23T10:39:15Z",
    updated_at: "2026-11-23T10:39:15Z",
    schema: "/v2/schemas/member",
  };
  const read = {
    imageId: "i1",
    projectId: "p2",
    status: "pending",
    createdAt: "2026-11-23T10:39:15.000Z",
    updatedAt: "2026-11-23T10:39:15.000Z",
  };

  test("are added, also when they are there already", async () => {
    server.script(`POST ${one}/members`, { json: member }, { status: 409 });
    server.script(`GET ${one}/members/p2`, { json: { ...member, status: "accepted" } });
    expect(await service.addMember("i1", "p2")).toEqual(read);
    expect(await service.addMember("i1", "p2")).toEqual({ ...read, status: "accepted" });
    expect(server.asked(`POST ${one}/members`).map(({ body }) => body)).toEqual(['{"member":"p2"}', '{"member":"p2"}']);
  });

  test("cannot be added to an image that is not shared", async () => {
    server.script(`POST ${one}/members`, { status: 403, json: { message: "Only shared images have members." } });
    expect(await faultOf(service.addMember("i1", "p2"))).toMatchObject({ kind: "forbidden" });
  });

  test("beyond the quota are over quota", async () => {
    server.script(`POST ${one}/members`, { status: 413, json: { message: "128 members" } });
    expect(await faultOf(service.addMember("i1", "p2"))).toMatchObject({ kind: "overQuota" });
  });

  test("are removed, or are none; are listed; answer for themselves", async () => {
    server.script(`DELETE ${one}/members/p2`, { status: 204 }, { status: 404 });
    await service.removeMember("i1", "p2");
    await service.removeMember("i1", "p2");
    server.script(`GET ${one}/members`, { json: { members: [member] } });
    expect(await service.listMembers("i1")).toEqual([read]);
    server.script(`PUT ${one}/members/p2`, { json: { ...member, status: "rejected" } });
    expect((await service.setMemberStatus("i1", "p2", "rejected")).status).toBe("rejected");
    expect(server.asked(`PUT ${one}/members/p2`)[0]?.body).toBe('{"status":"rejected"}');
  });
});

describe("usage", () => {
  const nothing = { limit: "unknown", used: "unknown" };

  test("is read where unified limits tell it", async () => {
    const usage = { image_size_total: { limit: 1000, usage: 20 }, image_count_total: { limit: -1, usage: 3 } };
    server.script("GET /image/v2/info/usage", { json: { usage } });
    expect(await service.getUsage()).toEqual({
      sizeMib: { limit: 1000, used: 20 },
      stagingMib: nothing,
      count: { limit: "unlimited", used: 3 },
      uploading: nothing,
    });
  });

  test.each([{ json: { usage: {} } }, { status: 404 }])("is unknown when the answer is %j", async (answer) => {
    server.script("GET /image/v2/info/usage", answer);
    const unknown = { sizeMib: nothing, stagingMib: nothing, count: nothing, uploading: nothing };
    expect(await service.getUsage()).toEqual(unknown);
  });
});
