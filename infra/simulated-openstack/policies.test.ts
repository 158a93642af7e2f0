// What an operator may have set differently: policies, quotas, and where images lie.
import { demoIds } from "./index.ts";
import { nova, type Speaker, tryOut } from "./test-client.ts";

const images = "/image/v2/images";
const octets = { "Content-Type": "application/octet-stream" };

async function make(speaker: Speaker, wanted: object = {}): Promise<string> {
  const { body } = await speaker.ask("POST", images, { disk_format: "raw", container_format: "bare", ...wanted });
  return (body as { id: string }).id;
}

const to = (visibility: string) => [{ op: "replace", path: "/visibility", value: visibility }];

describe("policies", () => {
  test.each([
    ["publicizeImage", "public", "admin", 403],
    ["publicizeImage", "public", "owner", 200],
    ["communitizeImage", "community", "admin", 403],
    ["communitizeImage", "community", "owner", 200],
  ] as const)("%s: an owner making it %s where the rule says %s is %i", async (rule, visibility, who, status) => {
    await using out = await tryOut();
    out.cloud.state.policies[rule] = who;
    const alice = await out.as("alice");
    const changed = await alice.patch(await make(alice), to(visibility));
    const created = await alice.ask("POST", images, { visibility });
    expect([changed.status, created.status]).toEqual([status, status === 200 ? 201 : 403]);
    if (status === 403)
      expect(changed.text).toMatch(/You are not authorized to complete (publi|communi)[a-z]+_image action/);
  });

  test("no images of volume-backed servers where Nova may not make them", async () => {
    await using out = await tryOut();
    out.cloud.state.policies.createVolumeBackedImage = false;
    const alice = await out.as("alice");
    const refused = await alice.act(demoIds.servers["volume-backed-1"], { createImage: { name: "x" } });
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining("Policy doesn't allow os_compute_api:servers:create_image:allow_volume_backed"),
    ]);
    expect(Object.keys(out.cloud.state.volumeSnapshots)).toEqual([]);
    expect((await alice.act(demoIds.servers["analysis-1"], { createImage: { name: "x" } })).status).toBe(202);
  });

  test("a server that is deleted can be restored for as long as Nova says, and is in no plain list meanwhile (measured on Zed)", async () => {
    await using out = await tryOut();
    out.cloud.state.policies.reclaimInstanceIntervalMs = 3_600_000;
    const alice = await out.as("alice");
    const admin = await out.as("admin");
    const id = demoIds.servers["analysis-1"];
    const path = `/compute/v2.1/servers/${id}`;
    const status = async () => (await alice.ask("GET", path)).body as { server: { status: string } };
    const lists = async (who: Speaker, all = "") => {
      const found: boolean[] = [];
      for (const query of [
        "",
        "deleted=true",
        "status=SOFT_DELETED",
        "changes-since=1970-01-01T00:00:00Z&status=SOFT_DELETED",
      ]) {
        const { body } = await who.ask("GET", `/compute/v2.1/servers?${all}${query}`);
        found.push((body as { servers: { id: string }[] }).servers.some((server) => server.id === id));
      }
      return found;
    };
    expect((await alice.ask("DELETE", path)).status).toBe(204);
    out.clock.advance(60_000);
    expect((await status()).server.status).toBe("SOFT_DELETED");
    expect(await lists(alice)).toEqual([false, false, false, true]);
    expect(await lists(admin, "all_tenants=1&")).toEqual([false, true, false, true]);
    expect((await alice.act(id, { restore: null })).status).toBe(202);
    out.clock.advance(60_000);
    expect((await status()).server.status).toBe("ACTIVE");
    await alice.ask("DELETE", path);
    out.clock.advance(3_500_000);
    expect((await alice.ask("GET", path)).status).toBe(200);
    out.clock.advance(200_000);
    expect((await alice.ask("GET", path)).status).toBe(404);
  });

  test("what can be restored is deleted for good by force", async () => {
    await using out = await tryOut();
    out.cloud.state.policies.reclaimInstanceIntervalMs = 3_600_000;
    const alice = await out.as("alice");
    const id = demoIds.servers["analysis-1"];
    await alice.ask("DELETE", `/compute/v2.1/servers/${id}`);
    out.clock.advance(60_000);
    expect((await alice.act(id, { forceDelete: null })).status).toBe(202);
    out.clock.advance(60_000);
    expect((await alice.ask("GET", `/compute/v2.1/servers/${id}`)).status).toBe(404);
  });

  test("a Glance that deletes with delay does not delete what is out of use: 400", async () => {
    await using out = await tryOut();
    out.cloud.state.policies.delayedDelete = true;
    const alice = await out.as("alice");
    const id = demoIds.images["taken-name"];
    await alice.ask("POST", `${images}/${id}/actions/deactivate`);
    const refused = await alice.ask("DELETE", `${images}/${id}`);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("deactivated to pending_delete")]);
    await alice.ask("POST", `${images}/${id}/actions/reactivate`);
    expect((await alice.ask("DELETE", `${images}/${id}`)).status).toBe(204);
  });

  test("protected properties are the administrator's; one of them in a list of changes fails them all", async () => {
    await using out = await tryOut();
    out.cloud.state.policies.protectedProperties = ["x_billing_*", "licence"];
    const alice = await out.as("alice");
    const admin = await out.as("admin");
    const id = await make(alice);
    const add = (name: string) => ({ op: "add", path: `/${name}`, value: "v" });
    const refused = await alice.patch(id, [add("harmless"), add("x_billing_code")]);
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining("Attribute 'x_billing_code' is reserved."),
    ]);
    expect((await alice.ask("GET", `${images}/${id}`)).body).not.toHaveProperty("harmless");
    expect((await alice.ask("POST", images, { licence: "mine" })).status).toBe(403);
    expect((await admin.patch(id, [add("licence")])).status).toBe(200);
    expect((await alice.patch(id, [{ op: "remove", path: "/licence" }])).status).toBe(403);
    expect((await alice.patch(id, [add("x_bill"), add("licences")])).status).toBe(200);
  });
});

describe("quotas", () => {
  test("Glance's own: properties, tags, members, one image's size, all of a project's", async () => {
    await using out = await tryOut();
    out.cloud.state.imageQuota = { sizeCapBytes: 10, userStorageBytes: 0, properties: 1, tags: 1, members: 1 };
    const alice = await out.as("alice");
    const id = await make(alice, { visibility: "shared" });
    const add = (path: string, value: unknown) => ({ op: "add", path, value });
    expect((await alice.ask("POST", `${images}/${id}/members`, { member: "p1" })).status).toBe(200);
    const over = [
      await alice.patch(id, [add("/a", "1"), add("/b", "2")]),
      await alice.patch(id, [add("/tags", ["a", "b"])]),
      await alice.ask("POST", `${images}/${id}/members`, { member: "p2" }),
      await alice.ask("PUT", `${images}/${id}/file`, Buffer.alloc(11), octets),
    ];
    expect(over.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
    expect(over.map(({ text }) => text.match(/Attempted: 2, Maximum: 1|The incoming image is too large/)?.[0])).toEqual(
      [
        "Attempted: 2, Maximum: 1",
        "Attempted: 2, Maximum: 1",
        "Attempted: 2, Maximum: 1",
        "The incoming image is too large",
      ],
    );
    expect((await alice.ask("GET", `${images}/${id}`)).body).toMatchObject({ status: "queued" });

    const used = Object.values(out.cloud.state.images)
      .filter(({ owner }) => owner === demoIds.projects["astro-lab"])
      .reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    out.cloud.state.imageQuota.userStorageBytes = used + 5;
    const full = await alice.ask("PUT", `${images}/${id}/file`, Buffer.alloc(6), octets);
    expect([full.status, full.text]).toEqual([
      413,
      expect.stringContaining("6 will exceed the limit. 5 bytes remaining."),
    ]);
    expect((await alice.ask("PUT", `${images}/${id}/file`, Buffer.alloc(5), octets)).status).toBe(204);
  });

  test("Nova's: 403, each resource named in the order of the alphabet", async () => {
    await using out = await tryOut();
    const { state } = out.cloud;
    state.quota = { instances: 13, cores: 13, ramMib: 204_800 };
    const alice = await out.as("alice");
    const wanted = {
      name: "n",
      imageRef: demoIds.images["debian-12"],
      flavorRef: demoIds.flavors["m1.small"],
      networks: "none",
    };
    const refused = await alice.ask("POST", "/compute/v2.1/servers", { server: wanted }, nova(93));
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        forbidden: {
          code: 403,
          message:
            "Quota exceeded for cores, instances: Requested 1, 1, but already used 13, 13 of 13, 13 cores, instances",
        },
      },
    ]);
  });
});

test("no network: none can be had, and that needs 2.37; one that is asked for by itself is 400", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const boot = (networks: unknown) => {
    const server = {
      name: "n",
      imageRef: demoIds.images["debian-12"],
      flavorRef: demoIds.flavors["m1.small"],
      networks,
    };
    return alice.ask("POST", "/compute/v2.1/servers", { server }, nova(93));
  };
  expect((await boot("none")).status).toBe(202);
  const auto = await boot("auto");
  expect([auto.status, auto.text]).toEqual([
    400,
    expect.stringContaining(`Unable to automatically allocate a network for project ${demoIds.projects["astro-lab"]}`),
  ]);
  expect((await boot([{ uuid: "11111111-1111-1111-1111-111111111111" }])).text).toContain("could not be found");
});

describe("images in Ceph", () => {
  test("a snapshot is raw, as large as the disk, has no hash, and is there without its bytes being moved", async () => {
    await using out = await tryOut();
    out.cloud.state.imageStore = "rbd";
    const alice = await out.as("alice");
    const { body } = await alice.act(demoIds.servers["stopped-1"], { createImage: { name: "x" } });
    out.clock.advance(300);
    const shown = await alice.ask("GET", `${images}/${(body as { image_id: string }).image_id}`);
    expect(shown.body).toMatchObject({
      status: "active",
      disk_format: "raw",
      size: 20 * 2 ** 30,
      virtual_size: 20 * 2 ** 30,
      checksum: null,
      os_hash_algo: null,
      os_hash_value: null,
    });
  });

  test("it cannot be deleted while a server is its clone; a qcow2 image can, for of that Nova made a copy", async () => {
    await using out = await tryOut();
    out.cloud.state.imageStore = "rbd";
    const alice = await out.as("alice");
    const { body } = await alice.act(demoIds.servers["stopped-1"], { createImage: { name: "x" } });
    const imageRef = (body as { image_id: string }).image_id;
    out.clock.advance(1000);
    const wanted = { name: "clone", imageRef, flavorRef: demoIds.flavors["m1.small"], networks: "none" };
    const clone = await alice.ask("POST", "/compute/v2.1/servers", { server: wanted }, nova(93));
    out.clock.advance(10_000);
    const refused = await alice.ask("DELETE", `${images}/${imageRef}`);
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining("could not be deleted because it is in use: The image cannot be deleted"),
    ]);
    await alice.ask("DELETE", `/compute/v2.1/servers/${(clone.body as { server: { id: string } }).server.id}`);
    out.clock.advance(10_000);
    expect((await alice.ask("DELETE", `${images}/${imageRef}`)).status).toBe(204);
    const admin = await out.as("admin");
    expect((await admin.ask("DELETE", `${images}/${demoIds.images["ubuntu-24.04"]}`)).status).toBe(204);
  });
});
