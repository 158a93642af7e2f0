// GET /v1/images and /v1/images/{id}: who sees what, filters, pages, and nothing of our inside.
import type { Bench } from "../chain/bench.ts";
import { published, putImage, record, startCatalogue } from "./catalogue.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startCatalogue();
});
afterAll(() => bench.close());

type Listed = { images: { id: string; name: string; isMine: boolean }[]; next: string | null };
const page = async (query: Record<string, string> = {}, person: "alice" | "bob" = "alice") => {
  const { status, body } = await bench.call("list-images", person, { query });
  expect(status).toBe(200);
  return body as Listed;
};
const ids = async (query: Record<string, string> = {}, person: "alice" | "bob" = "alice") =>
  (await page(query, person)).images.map(({ id }) => id);

async function allPages(query: Record<string, string>): Promise<{ ids: string[]; sizes: number[] }> {
  const found: string[] = [];
  const sizes: number[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { images, next }: Listed = await page({ ...query, ...(cursor && { cursor }) });
    found.push(...images.map(({ id }) => id));
    sizes.push(images.length);
    cursor = next;
    if (sizes.length > 100) throw new Error("the pages never end");
  }
  return { ids: found, sizes };
}

test("scopes: the project's own, those shared with it, everybody's", async () => {
  const mine = putImage(bench);
  const myCommunity = putImage(bench, { visibility: "community" });
  const bio = bench.cloud.ids.project("bio-lab");
  const accepted = { status: "accepted" as const, createdAt: 0, updatedAt: 0 };
  const members = { [bench.cloud.ids.project("astro-lab")]: accepted };
  const shared = putImage(bench, { owner: bio, visibility: "shared", members });
  const pending = putImage(bench, {
    owner: bio,
    visibility: "shared",
    members: { [bench.cloud.ids.project("astro-lab")]: { ...accepted, status: "pending" } },
  });
  const myShared = putImage(bench, { visibility: "shared", members: { [bio]: accepted } });
  const theirs = putImage(bench, { owner: bio });
  const theirCommunity = putImage(bench, { owner: bio, visibility: "community" });

  expect(await ids()).toEqual(expect.arrayContaining([mine, myCommunity, myShared]));
  expect((await page()).images.every(({ isMine }) => isMine)).toBe(true);
  expect(await ids({ scope: "shared-with-me" })).toEqual([shared]);
  expect(await ids({ scope: "community" })).toEqual([theirCommunity, myCommunity]);
  const open = await page({ scope: "public" });
  expect(open.images.map(({ name }) => name)).toContain("debian-12");
  expect(await ids({}, "bob")).toEqual([theirCommunity, theirs, pending, shared]);
  expect(await ids({ scope: "shared-with-me" }, "bob")).toEqual([myShared]);
  for (const id of [mine, myCommunity, shared, pending, myShared, theirs, theirCommunity])
    delete bench.cloud.state.images[id];
});

test("by name, text, tags, status, version; hidden ones apart", async () => {
  const one = putImage(bench, { name: "Genomics", tags: ["rna-seq", "class"] });
  const two = putImage(bench, { name: "plain", properties: { description: "with GENOMIC tools" } });
  const three = putImage(bench, { name: "third", tags: ["genom"], status: "deactivated" });
  const version = putImage(bench, { name: "of a line", properties: published(bench, "2.0") });
  const inherited = putImage(bench, { properties: { ...published(bench, "2.0"), instance_uuid: "x" } });
  const hidden = putImage(bench, { name: "gone soon", hidden: true });
  expect(await ids({ name: "Genomics" })).toEqual([one]);
  expect(await ids({ name: "genomics" })).toEqual([]);
  expect(await ids({ text: "gEnOm" })).toEqual([three, two, one]);
  expect(await ids({ text: "genom", status: "active" })).toEqual([two, one]);
  expect(await ids({ tag: "class,rna-seq" })).toEqual([one]);
  expect(await ids({ tag: "class,genom" })).toEqual([]);
  expect(await ids({ version: "2.0" })).toEqual([version]);
  expect(await ids()).not.toContain(hidden);
  expect(await ids({ hidden: "true" })).toEqual([hidden]);
  for (const id of [one, two, three, version, inherited, hidden]) delete bench.cloud.state.images[id];
});

test("pages hold every image once, whatever their size, while others come and go", async () => {
  const wanted = Array.from({ length: 30 }, (_, at) => putImage(bench, { tags: ["paged"], name: `p ${at % 3}` }));
  const newest = wanted.toReversed();
  for (const limit of ["1", "7", "30", "100"]) {
    expect((await allPages({ tag: "paged", limit })).ids).toEqual(newest);
  }
  // One page of Glance is no page of ours where Glance cannot filter.
  const rest = await allPages({ text: "p 1", tag: "paged", limit: "4" });
  expect(rest.ids).toEqual(newest.filter((id) => record(bench, id).name === "p 1"));

  const first = await page({ tag: "paged", limit: "10" });
  const later = putImage(bench, { tags: ["paged"] });
  const second = await page({ tag: "paged", limit: "10", cursor: first.next ?? "" });
  expect(second.images.map(({ id }) => id)).toEqual(newest.slice(10, 20));
  for (const id of [...wanted, later]) delete bench.cloud.state.images[id];
});

test("a text that is rare is looked for in 400 images a call, and a cursor handed out", async () => {
  const many = Array.from({ length: 450 }, () => putImage(bench));
  const oldest = many[0] ?? "";
  record(bench, oldest).name = "the needle";
  bench.cloud.calls.length = 0;
  const first = await page({ text: "needle" });
  expect(first.images).toEqual([]);
  expect(bench.cloud.calls.filter(({ service }) => service === "image")).toHaveLength(16);
  expect(await ids({ text: "needle", cursor: first.next ?? "" })).toEqual([oldest]);
  for (const id of many) delete bench.cloud.state.images[id];
});

test("a cursor whose image is gone, one of another list and one that was made up are the caller's mistake", async () => {
  const some = [1, 2, 3].map(() => putImage(bench, { tags: ["c"] }));
  const { next } = await page({ tag: "c", limit: "2" });
  delete bench.cloud.state.images[some[1] ?? ""];
  for (const cursor of [next ?? "", "bm9uc2Vuc2U", Buffer.from('[1,"../servers"]').toString("base64url")]) {
    const { status, body } = await bench.call("list-images", "alice", { query: { tag: "c", cursor } });
    expect({ status, field: body.errors?.[0].field }).toEqual({ status: 422, field: "cursor" });
  }
  delete bench.cloud.state.images[some[0] ?? ""];
  delete bench.cloud.state.images[some[2] ?? ""];
});

test.each([
  [{ scope: "everything" }, "scope"],
  [{ limit: "0" }, "limit"],
  [{ version: "Latest" }, "version"],
  [{ hidden: "perhaps" }, "hidden"],
  [{ text: "" }, "text"],
  [{ tag: "a,,b" }, "tag[1]"],
  [{ owner: "x" }, "owner"],
])("a wrong query %j is refused", async (query, field) => {
  const { status, body } = await bench.call("list-images", "alice", { query: query as Record<string, string> });
  expect({ status, field: body.errors[0].field }).toEqual({ status: 422, field });
});

describe("one image", () => {
  test("with its provenance and version, and nothing else of its properties", async () => {
    const id = putImage(bench, {
      properties: {
        description: "tools",
        hw_disk_bus: "scsi",
        darkroom_secret_thing: "inside",
        ...published(bench, "1.0", {
          darkroom_software: '[{"name":"Trinity","path":"/opt/t"}]',
          darkroom_packages: '["apt 2.6","… 40 more"]',
          darkroom_server: "e0000000-0000-4000-8000-000000000001",
        }),
      },
    });
    const { status, body, headers } = await bench.call("get-image", "alice", { id });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      description: "tools",
      origin: "published",
      version: { name: "1.0", changeLog: "what is new in 1.0" },
      provenance: {
        installedSoftware: [{ name: "Trinity", path: "/opt/t" }],
        packages: ["apt 2.6", "… 40 more"],
        packageCount: 41,
        serverId: "e0000000-0000-4000-8000-000000000001",
      },
      isMine: true,
      hash: { algorithm: "sha512" },
      links: { versions: expect.stringContaining("/v1/versions?name=") },
    });
    expect(JSON.stringify(body)).not.toMatch(/inside|hw_disk_bus|darkroom_/);
    expect(headers.etag).toMatch(/^"[\w-]{32}"$/);
    expect((await bench.call("get-image", "alice", { id })).headers.etag).toBe(headers.etag);
    record(bench, id).tags = ["changed"];
    expect((await bench.call("get-image", "alice", { id })).headers.etag).not.toBe(headers.etag);
    const listed = (await bench.call("list-images", "alice", { query: { name: record(bench, id).name ?? "" } })).body;
    expect(listed.images[0].provenance).toEqual(expect.not.objectContaining({ packages: expect.anything() }));
    expect(listed.images[0].provenance.packageCount).toBe(41);
  });

  test("a snapshot that inherited a publication, a version and an expiry shows none of them as its own", async () => {
    const inherited = {
      ...published(bench, "1.0"),
      darkroom_expires_at: "2027-01-01T00:00:00.000Z",
      darkroom_expiry_of: "another",
      instance_uuid: "s",
      image_type: "snapshot",
    };
    const id = putImage(bench, { properties: inherited });
    const { body } = await bench.call("get-image", "alice", { id });
    expect(body).toMatchObject({ origin: "snapshot", version: null, provenance: null, expiresAt: null });
  });

  test("properties that their owner broke with Glance itself break no answer", async () => {
    const broken = { darkroom_packages: "{", darkroom_software: '["x"]', darkroom_published_at: "never" };
    const id = putImage(bench, { name: null, properties: { ...published(bench), ...broken } });
    const { status, body } = await bench.call("get-image", "alice", { id });
    expect({ status, packages: body.provenance.packages }).toEqual({ status: 200, packages: [] });
  });

  test("of another project is 404, as one that never was; community is for all", async () => {
    const id = putImage(bench);
    expect((await bench.call("get-image", "alice", { id })).status).toBe(200);
    for (const wrong of [id, "99999999-9999-4999-8999-999999999999", "..", "a/b", ""]) {
      expect((await bench.call("get-image", "bob", { id: wrong })).status).toBe(404);
    }
    record(bench, id).visibility = "community";
    expect((await bench.call("get-image", "bob", { id })).body).toMatchObject({ isMine: false });
  });
});
