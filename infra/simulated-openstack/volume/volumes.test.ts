// Volumes and their snapshots as a member meets them.
import { demoIds } from "../index.ts";
import { type Speaker, type TryOut, tryOut } from "../test-client.ts";

const { volumes } = demoIds;

/** Paths within the project; 3.0 unless told. */
async function cinder(out: TryOut, user = "alice") {
  const speaker = await out.as(user);
  const projectId = demoIds.projects[user === "bob" ? "bio-lab" : "astro-lab"];
  const ask = (method: string, path: string, body?: unknown, minor = 0) =>
    speaker.ask(method, `/volume/v3/${projectId}${path}`, body, { "OpenStack-API-Version": `volume 3.${minor}` });
  return { speaker, ask };
}

const idOf = (body: unknown, name: string) => (body as Record<string, { id: string }>)[name]?.id ?? "";
const names = (body: unknown, kind: string) =>
  (body as Record<string, { name: string }[]>)[kind]?.map((one) => one.name);

test("the catalogue has it under Zed's type with the project in its address, and no network", async () => {
  await using out = await tryOut();
  const { speaker } = await cinder(out);
  const { body } = await speaker.ask("GET", "/identity/v3/auth/catalog");
  const { catalog } = body as { catalog: { type: string; endpoints: { url: string }[] }[] };
  expect(catalog.map(({ type }) => type).sort()).toEqual(["compute", "identity", "image", "volumev3"]);
  const url = catalog.find(({ type }) => type === "volumev3")?.endpoints[0]?.url;
  expect(url).toBe(`${out.cloud.url}/volume/v3/${demoIds.projects["astro-lab"]}`);
});

test("versions at the root are 300, at /v3 200; an unknown one is 406", async () => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  expect((await out.ask("GET", "/volume/")).status).toBe(300);
  expect((await out.ask("GET", "/volume/v3/")).body).toMatchObject({ versions: [{ version: "3.70" }] });
  const refused = await ask("GET", "/volumes", undefined, 99);
  expect([refused.status, refused.body]).toEqual([
    406,
    {
      computeFault: {
        code: 406,
        message: "Version 3.99 is not supported by the API. Minimum is 3.0 and maximum is 3.70.",
      },
    },
  ]);
});

test("a volume is creating, then available; found by name and by metadata; gone a moment after its deletion", async () => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  const made = await ask("POST", "/volumes", { volume: { size: 1, name: "new", metadata: { mark: "m1" } } });
  expect([made.status, made.body]).toMatchObject([202, { volume: { status: "creating", size: 1, bootable: "false" } }]);
  expect((made.body as { volume: object }).volume).not.toHaveProperty("os-vol-tenant-attr:tenant_id");
  const path = `/volumes/${idOf(made.body, "volume")}`;
  out.clock.advance(399);
  expect((await ask("GET", path)).body).toMatchObject({ volume: { status: "creating" } });
  out.clock.advance(1);
  expect((await ask("GET", path)).body).toMatchObject({ volume: { status: "available" } });

  for (const query of ['metadata={"mark":"m1"}', "metadata={'mark':'m1'}", "name=new", "status=available&name=new"]) {
    expect(names((await ask("GET", `/volumes/detail?${query}`)).body, "volumes")).toEqual(["new"]);
  }
  for (const query of ['metadata={"mark":"m2"}', "metadata=nonsense"]) {
    expect(names((await ask("GET", `/volumes/detail?${query}`)).body, "volumes")).toEqual([]);
  }
  expect((await ask("DELETE", path)).status).toBe(202);
  expect((await ask("GET", path)).body).toMatchObject({ volume: { status: "deleting" } });
  out.clock.advance(200);
  expect((await ask("GET", path)).status).toBe(404);
});

test("lists go on from page to page", async () => {
  await using out = await tryOut();
  const { ask, speaker } = await cinder(out);
  const seen: unknown[] = [];
  let reply = await ask("GET", "/volumes?limit=2");
  for (;;) {
    seen.push(...(names(reply.body, "volumes") ?? []));
    const [next] = (reply.body as { volumes_links?: { href: string }[] }).volumes_links ?? [];
    if (!next) break;
    reply = await speaker.ask("GET", next.href.slice(out.cloud.url.length));
  }
  expect(seen).toEqual(["spare", "survey-data", "volume-backed-1-root"]);
});

test("a volume in use: shown with its server, neither deleted nor snapshotted without force", async () => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  const path = `/volumes/${volumes["survey-data"]}`;
  expect((await ask("GET", path)).body).toMatchObject({
    volume: {
      status: "in-use",
      attachments: [{ server_id: demoIds.servers["with-data-volume-1"], device: "/dev/vdb" }],
    },
  });
  expect(await ask("DELETE", path)).toMatchObject({
    status: 400,
    body: { badRequest: { message: expect.stringContaining("must not be migrating, attached") } },
  });
  const snapshot = { volume_id: volumes["survey-data"], name: "s" };
  expect(await ask("POST", "/snapshots", { snapshot })).toMatchObject({
    status: 400,
    body: { badRequest: { message: expect.stringContaining("but current status is: in-use") } },
  });
  expect((await ask("POST", "/snapshots", { snapshot }, 66)).status).toBe(202);
  expect((await ask("POST", "/snapshots", { snapshot: { ...snapshot, force: false } }, 66)).status).toBe(400);
  const forced = await ask("POST", "/snapshots", { snapshot: { ...snapshot, force: true } });
  const id = idOf(forced.body, "snapshot");
  out.clock.advance(1999);
  expect((await ask("GET", `/snapshots/${id}`)).body).toMatchObject({ snapshot: { status: "creating" } });
  expect((await ask("DELETE", `/snapshots/${id}`)).status).toBe(400);
  out.clock.advance(1);
  expect((await ask("GET", `/snapshots/${id}`)).body).toMatchObject({
    snapshot: { status: "available", "os-extended-snapshot-attributes:progress": "100%" },
  });
});

test("snapshots by metadata: before 3.22 the filter is dropped, not for volumes", async () => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  for (const mark of ["m1", "m2"]) {
    const snapshot = { volume_id: volumes.spare, name: mark, metadata: { mark } };
    expect((await ask("POST", "/snapshots", { snapshot })).status).toBe(202);
  }
  const found = async (minor: number) =>
    names((await ask("GET", '/snapshots/detail?metadata={"mark":"m1"}', undefined, minor)).body, "snapshots");
  expect(await found(21)).toEqual(["m2", "m1"]);
  expect(await found(22)).toEqual(["m1"]);
});

test("a volume of a snapshot outlives it; a volume with snapshots is not deleted", async () => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  const snapshot = idOf((await ask("POST", "/snapshots", { snapshot: { volume_id: volumes.spare } })).body, "snapshot");
  expect((await ask("POST", "/volumes", { volume: { snapshot_id: snapshot } })).status).toBe(400);
  out.clock.advance(400);
  expect((await ask("POST", "/volumes", { volume: { snapshot_id: snapshot, size: 9 } })).status).toBe(400);
  const made = await ask("POST", "/volumes", { volume: { snapshot_id: snapshot, name: "copy" } });
  expect(made.body).toMatchObject({ volume: { snapshot_id: snapshot, size: 10 } });
  out.clock.advance(1000);
  expect((await ask("DELETE", `/volumes/${volumes.spare}`)).status).toBe(400);
  expect((await ask("DELETE", `/snapshots/${snapshot}`)).status).toBe(202);
  out.clock.advance(1000);
  expect((await ask("GET", `/snapshots/${snapshot}`)).status).toBe(404);
  expect((await ask("GET", `/volumes/${idOf(made.body, "volume")}`)).body).toMatchObject({
    volume: { status: "available" },
  });
  expect((await ask("DELETE", `/volumes/${volumes.spare}`)).status).toBe(202);
});

test("over quota: 413 with Retry-After 0", async () => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  out.cloud.state.volumeQuota = { volumes: 3, snapshots: 1, gibibytes: 150 };
  const large = await ask("POST", "/volumes", { volume: { size: 21 } });
  expect([large.status, large.headers.get("Retry-After"), large.body]).toEqual([
    413,
    "0",
    {
      overLimit: {
        code: 413,
        message:
          "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 21G, quota is 150G and 130G has been consumed.",
        retryAfter: "0",
      },
    },
  ]);
  expect((await ask("POST", "/volumes", { volume: { size: 1 } })).text).toContain("VolumeLimitExceeded");
  const snapshot = { volume_id: volumes.spare };
  expect((await ask("POST", "/snapshots", { snapshot })).status).toBe(202);
  expect((await ask("POST", "/snapshots", { snapshot })).text).toContain(
    "SnapshotLimitExceeded: Maximum number of snapshots allowed (1) exceeded",
  );
  expect((await ask("GET", "/limits")).body).toMatchObject({
    limits: { absolute: { maxTotalSnapshots: 1, totalSnapshotsUsed: 1, totalGigabytesUsed: 140 } },
  });
});

test("another project's volumes and snapshots are not there", async () => {
  await using out = await tryOut();
  const alice = await cinder(out);
  const snapshot = idOf(
    (await alice.ask("POST", "/snapshots", { snapshot: { volume_id: volumes.spare } })).body,
    "snapshot",
  );
  const bob = await cinder(out, "bob");
  expect((await bob.ask("GET", `/volumes/${volumes.spare}`)).status).toBe(404);
  expect((await bob.ask("GET", `/snapshots/${snapshot}`)).status).toBe(404);
  expect(names((await bob.ask("GET", "/volumes")).body, "volumes")).toEqual([]);
  const astray = await bob.speaker.ask("GET", `/volume/v3/${demoIds.projects["astro-lab"]}/volumes`);
  expect([astray.status, astray.body]).toEqual([400, { badRequest: { code: 400, message: "Malformed request url" } }]);
});

const nobodys = "11111111-1111-4111-8111-111111111111";

test.each([
  [{ volume: { name: "x" } }, 400, "either malformed or otherwise incorrect"],
  [{ volume: { size: "abc" } }, 400, "'abc' does not match '^[0-9]+$'"],
  [{ volume: { size: 0 } }, 400, "0 is less than the minimum of 1"],
  [{}, 400, "'volume' is a required property"],
  [{ volume: { size: 1, snapshot_id: "nope" } }, 400, "'nope' is not valid under any of the given schemas"],
  [{ volume: { size: 1, snapshot_id: nobodys } }, 404, `Snapshot ${nobodys} could not be found.`],
  [{ volume: { size: 1, volume_type: "nope" } }, 404, "Volume type with name nope could not be found."],
  [{ volume: { size: 1, name: 5 } }, 400, "5 is not of type 'string', 'null'"],
  [{ volume: { size: 1, name: "n".repeat(256) } }, 400, "name has 256 characters, more than 255."],
  [
    { volume: { size: 1, metadata: { a: 1 } } },
    400,
    "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'",
  ],
  [{ volume: "x" }, 400, "'x' is not of type 'object'"],
  [{ volume: { size: 1, imageRef: "nope" } }, 400, "Invalid image identifier or unable to access requested image."],
])("no volume of %j", async (body, status, message) => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  const reply = await ask("POST", "/volumes", body);
  expect(reply.status).toBe(status);
  expect(JSON.parse(reply.text)).toEqual({
    [status === 404 ? "itemNotFound" : "badRequest"]: { code: status, message: expect.stringContaining(message) },
  });
});

describe("os-volume_upload_image", () => {
  const upload = (
    speaker: { ask: Awaited<ReturnType<typeof cinder>>["ask"] },
    id: string,
    argument: object,
    minor = 1,
  ) => speaker.ask("POST", `/volumes/${id}/action`, { "os-volume_upload_image": argument }, minor);
  const imageOf = async (speaker: Speaker, id: string) => (await speaker.ask("GET", `/image/v2/images/${id}`)).body;
  const imageId = (body: unknown) =>
    (body as Record<string, { image_id: string }>)["os-volume_upload_image"]?.image_id ?? "";

  test("queued, saving, active; the volume is uploading meanwhile, its image's properties come along", async () => {
    await using out = await tryOut();
    const alice = await cinder(out);
    const volume = { size: 2, imageRef: demoIds.images["debian-12"] };
    const id = idOf((await alice.ask("POST", "/volumes", { volume })).body, "volume");
    out.clock.advance(1000);
    const reply = await upload(alice, id, { image_name: "of-volume", disk_format: "raw", visibility: "private" });
    expect([reply.status, reply.body]).toMatchObject([202, { "os-volume_upload_image": { status: "uploading" } }]);
    const image = imageId(reply.body);
    expect(await imageOf(alice.speaker, image)).toMatchObject({ status: "queued", size: null, visibility: "private" });
    expect((await alice.ask("DELETE", `/volumes/${id}`)).status).toBe(400);
    expect((await upload(alice, id, { image_name: "again" })).text).toContain(`Volume ${id} status must be available`);
    out.clock.advance(300);
    expect(await imageOf(alice.speaker, image)).toMatchObject({ status: "saving" });
    out.clock.advance(21_000);
    expect(await imageOf(alice.speaker, image)).toMatchObject({
      status: "active",
      size: 2 * 2 ** 30,
      virtual_size: 2 * 2 ** 30,
      os_distro: "debian",
    });
    expect((await alice.ask("GET", `/volumes/${id}`)).body).toMatchObject({
      volume: { status: "available", bootable: "true" },
    });
  });

  test.each([
    [1, { image_name: "x", visibility: "public" }, 403, "upload_public to be performed"],
    [1, { image_name: "x", disk_format: "nonsense" }, 400, "'nonsense' is not one of ['raw', 'vmdk'"],
    [0, { image_name: "x", visibility: "private" }, 400, "('visibility' was unexpected)"],
    [0, { disk_format: "raw" }, 400, "'image_name' is a required property"],
  ])("3.%i refuses %j", async (minor, argument, status, message) => {
    await using out = await tryOut();
    const reply = await upload(await cinder(out), volumes.spare, argument, minor);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text)).toMatchObject({
      [status === 403 ? "forbidden" : "badRequest"]: { message: expect.stringContaining(message) },
    });
  });

  test("a volume in use is refused with force too; before 3.1 the image is shared", async () => {
    await using out = await tryOut();
    const alice = await cinder(out);
    expect((await upload(alice, volumes["survey-data"], { image_name: "x", force: true })).status).toBe(400);
    const reply = await upload(alice, volumes.spare, { image_name: "x" }, 0);
    expect(await imageOf(alice.speaker, imageId(reply.body))).toMatchObject({
      visibility: "shared",
      disk_format: "raw",
    });
  });
});

test.each([
  [{}, "'volume_id' is a required property"],
  [{ volume_id: "nope" }, "'nope' is not valid under any of the given schemas"],
  [{ volume_id: volumes.spare, force: "maybe" }, "'maybe' is not one of [True, 'True', 'TRUE', 'true', '1'"],
  [{ volume_id: volumes.spare, name: "n".repeat(256) }, "is too long"],
])("no snapshot of %j", async (snapshot, message) => {
  await using out = await tryOut();
  const { ask } = await cinder(out);
  const reply = await ask("POST", "/snapshots", { snapshot });
  expect([reply.status, reply.body]).toEqual([
    400,
    { badRequest: { code: 400, message: expect.stringContaining(message) } },
  ]);
});

test("the address without its slash leads to the one with it; a path that is not there is answered in the form asked for", async () => {
  await using out = await tryOut();
  const redirected = await out.ask("GET", "/volume/v3");
  expect([redirected.status, redirected.headers.get("Location")]).toEqual([302, `${out.cloud.url}/volume/v3/`]);
  const { speaker } = await cinder(out);
  const ask = (accept: string) => speaker.ask("GET", "/volume/v3/nowhere", undefined, { Accept: accept });
  expect((await ask("application/json")).body).toMatchObject({ code: "404 Not Found" });
  expect((await ask("*/*")).text).toMatch(/^<html>/);
});
