// Servers and volumes: images of servers that were booted from volumes, and what can be booted from them.
import { demoIds } from "../index.ts";
import { nova, type Speaker, tryOut } from "../test-client.ts";

const server = demoIds.servers["volume-backed-1"];
const flavorRef = demoIds.flavors["m1.small"];

async function imaged(alice: Speaker): Promise<string> {
  const { body } = await alice.act(server, { createImage: { name: "of-volume" } });
  return (body as { image_id: string }).image_id;
}

const boot = (speaker: Speaker, wanted: Record<string, unknown>) =>
  speaker.ask(
    "POST",
    "/compute/v2.1/servers",
    { server: { name: "b", flavorRef, networks: "none", ...wanted } },
    nova(93),
  );
const idOf = (body: unknown) => (body as { server: { id: string } }).server.id;

test("the image is there at once, its Cinder snapshot two seconds later, and stays when the image is deleted", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const image = await imaged(alice);
  const shown = await alice.ask("GET", `/image/v2/images/${image}`);
  expect(shown.body).toMatchObject({ status: "active", size: 0, bdm_v2: "True" });
  const [mapping] = JSON.parse((shown.body as { block_device_mapping: string }).block_device_mapping);
  const path = `/volume/v3/${demoIds.projects["astro-lab"]}/snapshots/${mapping.snapshot_id}`;
  expect((await alice.ask("GET", path)).body).toMatchObject({
    snapshot: {
      status: "creating",
      name: "snapshot for of-volume",
      volume_id: demoIds.volumes["volume-backed-1-root"],
    },
  });
  out.clock.advance(2000);
  expect((await alice.ask("GET", path)).body).toMatchObject({ snapshot: { status: "available" } });
  expect((await alice.ask("DELETE", `/image/v2/images/${image}`)).status).toBe(204);
  expect((await alice.ask("GET", path)).status).toBe(200);
});

test("its own project boots it onto a new volume; another cannot, though it sees the image", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const image = await imaged(alice);
  out.clock.advance(2000);
  const accepted = await boot(alice, { imageRef: image });
  expect(accepted.status).toBe(202);
  out.clock.advance(10_000);
  const { body } = await alice.ask("GET", `/compute/v2.1/servers/${idOf(accepted.body)}`);
  expect(body).toMatchObject({ server: { status: "ACTIVE", image: "" } });
  const attachments = out.cloud.state.servers[idOf(accepted.body)]?.attachments ?? [];
  expect(attachments.map(({ volumeId }) => out.cloud.state.volumes[volumeId])).toMatchObject([
    { sizeGib: 20, status: "available", snapshotId: expect.any(String) },
  ]);

  await alice.patch(image, [{ op: "replace", path: "/visibility", value: "community" }]);
  const refused = await boot(await out.as("bob"), { imageRef: image });
  expect([refused.status, refused.text]).toEqual([
    400,
    expect.stringContaining("Block Device Mapping is Invalid: failed to get snapshot"),
  ]);
});

test("a volume made of an image on the way goes with its server where the call says so", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const mapping = {
    boot_index: 0,
    source_type: "image",
    destination_type: "volume",
    uuid: demoIds.images["debian-12"],
  };
  const bdm = (more: object) => ({ block_device_mapping_v2: [{ ...mapping, ...more }] });
  expect((await boot(alice, bdm({}))).status).toBe(400);
  const accepted = await boot(alice, bdm({ volume_size: 5, delete_on_termination: true }));
  const id = idOf(accepted.body);
  out.clock.advance(10_000);
  const volumeId = out.cloud.state.servers[id]?.attachments[0]?.volumeId ?? "";
  expect(out.cloud.state.volumes[volumeId]).toMatchObject({ imageMetadata: { image_id: demoIds.images["debian-12"] } });
  await alice.ask("DELETE", `/compute/v2.1/servers/${id}`);
  out.clock.advance(10_000);
  expect(out.cloud.state.volumes[volumeId]).toBeUndefined();
});

test("another project's volume is not booted from", async () => {
  await using out = await tryOut();
  const uuid = demoIds.volumes.spare;
  const refused = await boot(await out.as("bob"), {
    block_device_mapping_v2: [{ boot_index: 0, source_type: "volume", destination_type: "volume", uuid }],
  });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(`failed to get volume ${uuid}`)]);
});

test("over Cinder's quota of snapshots Nova says 403", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.state.volumeQuota.snapshots = 1;
  await imaged(alice);
  expect(await alice.act(server, { createImage: { name: "one too many" } })).toMatchObject({
    status: 403,
    body: { forbidden: { code: 403, message: "Quota exceeded for resources: snapshots" } },
  });
});

test("attached and detached: answered at once, done a little later; the volume says where it stands", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { spare } = demoIds.volumes;
  const attachments = `/compute/v2.1/servers/${demoIds.servers["analysis-1"]}/os-volume_attachments`;
  const volume = async () => {
    const { body } = await alice.ask("GET", `/volume/v3/volumes/${spare}`);
    const { status, attachments } = (body as { volume: { status: string; attachments: unknown[] } }).volume;
    return [status, attachments.length];
  };
  const attach = (volumeId: string) => alice.ask("POST", attachments, { volumeAttachment: { volumeId } }, nova(93));
  const attached = await attach(spare);
  expect([attached.status, Object.keys((attached.body as { volumeAttachment: object }).volumeAttachment)]).toEqual([
    200,
    ["id", "volumeId", "serverId", "device", "tag", "delete_on_termination"],
  ]);
  expect(await volume()).toEqual(["reserved", 0]);
  expect((await attach(spare)).text).toContain("is already attached to instances");
  expect((await alice.ask("DELETE", `${attachments}/${spare}`)).status).toBe(400);
  out.clock.advance(1900);
  expect(await volume()).toEqual(["attaching", 0]);
  out.clock.advance(100);
  expect(await volume()).toEqual(["in-use", 1]);
  expect((await alice.ask("DELETE", `${attachments}/${spare}`)).status).toBe(202);
  expect(await volume()).toEqual(["detaching", 1]);
  out.clock.advance(2000);
  expect(await volume()).toEqual(["available", 0]);
  const actions = out.cloud.state.servers[demoIds.servers["analysis-1"]]?.actions ?? [];
  expect(actions.map(({ action, events }) => [action, events[0]?.result])).toEqual([
    ["attach_volume", "Success"],
    ["detach_volume", "Success"],
  ]);
});

test("a volume that is still being made cannot be attached", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { body } = await alice.ask("POST", "/volume/v3/volumes", { volume: { size: 1 } });
  const volumeAttachment = { volumeId: (body as { volume: { id: string } }).volume.id };
  const path = `/compute/v2.1/servers/${demoIds.servers["analysis-1"]}/os-volume_attachments`;
  const refused = await alice.ask("POST", path, { volumeAttachment });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("current status is creating")]);
});

test("a guest that does not listen keeps its volume", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = demoIds.servers["ignores-acpi-1"];
  const path = `/compute/v2.1/servers/${id}/os-volume_attachments`;
  await alice.ask("POST", path, { volumeAttachment: { volumeId: demoIds.volumes.spare } });
  out.clock.advance(2000);
  expect((await alice.ask("DELETE", `${path}/${demoIds.volumes.spare}`)).status).toBe(202);
  const status = async () =>
    ((await alice.ask("GET", `/volume/v3/volumes/${demoIds.volumes.spare}`)).body as { volume: { status: string } })
      .volume.status;
  out.clock.advance(159_999);
  expect(await status()).toBe("detaching");
  out.clock.advance(1);
  expect(await status()).toBe("in-use");
  expect(out.cloud.state.servers[id]?.actions.at(-1)).toMatchObject({ action: "detach_volume", message: "Error" });
});
