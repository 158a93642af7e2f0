// Shelving, unshelving and rebuilding, as measured on Nova 26.
import { demoIds } from "../index.ts";
import { nova, tryOut } from "../test-client.ts";

const running = demoIds.servers["analysis-1"];
const shelved = demoIds.servers["shelved-1"];

async function shown(out: Awaited<ReturnType<typeof tryOut>>, id: string, afterMs: number) {
  out.clock.advance(afterMs);
  const { server } = (await (await out.as("alice")).ask("GET", `/compute/v2.1/servers/${id}`)).body as {
    server: Record<string, unknown>;
  };
  return [server.status, server["OS-EXT-STS:task_state"]];
}

test("shelving stops the guest, makes an image that is the only disk, and leaves the host", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.act(running, { shelve: null })).status).toBe(202);
  expect(await shown(out, running, 0)).toEqual(["ACTIVE", "shelving"]);
  expect(await shown(out, running, 5000)).toEqual(["ACTIVE", "shelving_image_pending_upload"]);
  expect(await shown(out, running, 2400)).toEqual(["ACTIVE", "shelving_image_uploading"]);
  expect(await shown(out, running, 1500)).toEqual(["SHELVED", "shelving_offloading"]);
  expect(await shown(out, running, 120)).toEqual(["SHELVED_OFFLOADED", null]);
  const image = (await alice.ask("GET", `/image/v2/images/${out.cloud.ids.image("analysis-1-shelved")}`)).body;
  expect(image).toMatchObject({ status: "active", image_type: "snapshot", instance_uuid: running });
});

test("unshelving brings it back and deletes the image", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.act(shelved, { unshelve: null })).status).toBe(202);
  expect(await shown(out, shelved, 0)).toEqual(["SHELVED_OFFLOADED", "unshelving"]);
  expect(await shown(out, shelved, 5500)).toEqual(["ACTIVE", null]);
  expect((await alice.ask("GET", `/image/v2/images/${demoIds.images["shelved-1-shelved"]}`)).status).toBe(404);
});

test("without its image a shelved server is lost", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.ask("DELETE", `/image/v2/images/${demoIds.images["shelved-1-shelved"]}`)).status).toBe(204);
  await alice.act(shelved, { unshelve: null });
  expect(await shown(out, shelved, 5500)).toEqual(["ERROR", null]);
});

test("a rebuild stops the guest and boots the new image; what stands on snapshots then is the new image's", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const reply = await alice.act(running, { rebuild: { imageRef: demoIds.images["ubuntu-24.04"], name: "again" } }, 37);
  expect([reply.status, reply.body]).toEqual([
    202,
    { server: expect.objectContaining({ status: "REBUILD", name: "again", adminPass: expect.any(String) }) },
  ]);
  expect(await shown(out, running, 5000)).toEqual(["REBUILD", "rebuild_spawning"]);
  expect(await shown(out, running, 1500)).toEqual(["ACTIVE", null]);
  await alice.act(running, { createImage: { name: "of ubuntu" } });
  expect((await alice.ask("GET", `/image/v2/images/${out.cloud.ids.image("of ubuntu")}`)).body).toMatchObject({
    os_distro: "ubuntu",
    base_image_ref: demoIds.images["ubuntu-24.04"],
  });
});

test("a rebuild from an image that is not there, or too large, is refused", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const statuses = [];
  for (const imageRef of ["11111111-1111-4111-8111-111111111111", undefined])
    statuses.push((await alice.act(running, { rebuild: { imageRef } })).status);
  expect(statuses).toEqual([400, 400]);
  expect((await alice.ask("GET", `/compute/v2.1/servers/${running}`, undefined, nova(93))).body).toMatchObject({
    server: { status: "ACTIVE" },
  });
});

test("a backup of a server booted from a volume is refused; of another it is a snapshot", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const backup = { createBackup: { name: "b", backup_type: "daily", rotation: 1 } };
  const refused = await alice.act(demoIds.servers["volume-backed-1"], backup);
  expect([refused.status, refused.text]).toEqual([
    400,
    expect.stringContaining("Backup is not supported for volume-backed instances."),
  ]);
  expect((await alice.act(running, backup)).status).toBe(202);
  expect(await shown(out, running, 0)).toEqual(["ACTIVE", "image_backup"]);
});
