// Researchers' own instructions for images, word by word: python-openstackclient against the simulated cloud.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoIds } from "../../infra/simulated-openstack/index.ts";
import { type Clients, startClients } from "./clients.ts";

let clients: Clients;

beforeAll(async () => {
  clients = await startClients();
});

afterAll(() => clients?.[Symbol.asyncDispose]());

const json = ["-f", "json"] as const;

test("who one is, and what there is: token, servers, images, volumes, snapshots", async () => {
  const { cloud, openstack } = clients;
  const [token, servers, images, volumes, snapshots] = (
    await Promise.all([
      openstack("alice", "token", "issue", ...json),
      openstack("alice", "server", "list", ...json),
      openstack("alice", "image", "list", ...json),
      openstack("alice", "volume", "list", ...json),
      openstack("alice", "volume", "snapshot", "list", ...json),
    ])
  ).map((text) => JSON.parse(text));
  expect(token).toMatchObject({ project_id: cloud.ids.project("astro-lab"), user_id: cloud.ids.user("alice") });
  expect(servers.map((one: { Name: string }) => one.Name)).toContain("analysis-1");
  expect(servers.find((one: { Name: string }) => one.Name === "volume-backed-1")).toMatchObject({
    Image: "N/A (booted from volume)",
  });
  expect(images).toContainEqual({ ID: cloud.ids.image("debian-12"), Name: "debian-12", Status: "active" });
  expect(volumes.map((one: { Name: string; Status: string }) => [one.Name, one.Status])).toEqual([
    ["spare", "available"],
    ["survey-data", "in-use"],
    ["volume-backed-1-root", "in-use"],
  ]);
  expect(snapshots).toEqual([]);
});

test("stop, lock, snapshot, unlock, start", async () => {
  const { cloud, openstack } = clients;
  const server = () => cloud.state.servers[demoIds.servers["analysis-1"]];
  await openstack("alice", "server", "stop", "analysis-1");
  await until(() => server()?.vmState === "stopped");
  await openstack("alice", "server", "lock", "analysis-1");
  expect(server()?.lockedBy).toBe("owner");
  await expect(openstack("alice", "server", "start", "analysis-1")).rejects.toThrow("is locked (HTTP 409)");
  const made = await openstack(
    "alice",
    "server",
    "image",
    "create",
    "--name",
    "MyCustomImage-Feb-7-2022",
    "analysis-1",
    ...json,
  );
  expect(JSON.parse(made)).toMatchObject({ name: "MyCustomImage-Feb-7-2022", visibility: "private" });
  const { id } = JSON.parse(made);
  await until(() => cloud.state.images[id]?.status === "active");
  await openstack("alice", "server", "unlock", "analysis-1");
  await openstack("alice", "server", "start", "analysis-1");
  await until(() => server()?.vmState === "active" && server()?.taskState === null);
  const shown = JSON.parse(await openstack("alice", "server", "show", "analysis-1", ...json));
  expect(shown).toMatchObject({ status: "ACTIVE", "OS-EXT-STS:task_state": null });
});

test("a snapshot is saved, brought back as an image, shared, accepted, published and deleted", async () => {
  const { cloud, folder, openstack } = clients;
  const snapshot = cloud.ids.image("MyCustomImage-Feb-7-2022");
  await openstack("alice", "image", "save", "--file", "my-custom-image.raw", snapshot);
  const saved = readFileSync(join(folder, "my-custom-image.raw"));
  expect(saved.length).toBe(2 ** 20);

  const properties = [
    "visibility=private",
    "hw_disk_bus=scsi",
    "hw_scsi_model=virtio-scsi",
    "hw_qemu_guest_agent=yes",
    "os_require_quiesce=yes",
  ];
  const created = await openstack(
    "alice",
    ...["image", "create", "--disk-format", "raw", "--container-format", "bare"],
    ...properties.flatMap((property) => ["--property", property]),
    ...["--file", "my-custom-image.raw", "My-Custom-Image-Name", ...json],
  );
  const { id } = JSON.parse(created);
  expect(cloud.state.images[id]).toMatchObject({
    status: "active",
    visibility: "private",
    diskFormat: "raw",
    sizeBytes: 2 ** 20,
    properties: { hw_disk_bus: "scsi", hw_scsi_model: "virtio-scsi" },
  });
  await openstack("alice", "image", "save", "--file", "again.raw", "My-Custom-Image-Name");
  expect(readFileSync(join(folder, "again.raw")).equals(saved)).toBe(true);

  await openstack("alice", "image", "set", "--shared", "My-Custom-Image-Name");
  await openstack("alice", "image", "add", "project", "My-Custom-Image-Name", cloud.ids.project("bio-lab"));
  expect(JSON.parse(await openstack("alice", "image", "member", "list", "My-Custom-Image-Name", ...json))).toEqual([
    { "Image ID": id, "Member ID": cloud.ids.project("bio-lab"), Status: "pending" },
  ]);
  await expect(openstack("alice", "image", "set", "--accept", "My-Custom-Image-Name")).rejects.toThrow();
  await openstack("bob", "image", "set", "--accept", id);
  expect(cloud.state.images[id]?.members).toMatchObject({ [cloud.ids.project("bio-lab")]: { status: "accepted" } });
  const columns = ["-c", "name", "-c", "id", "-c", "visibility"];
  expect(JSON.parse(await openstack("bob", "image", "show", "My-Custom-Image-Name", ...columns, ...json))).toEqual({
    id,
    name: "My-Custom-Image-Name",
    visibility: "shared",
  });

  const changes = ["--name", "Renamed", "--property", "os_distro=debian", "--tag", "teaching", "--community"];
  await openstack("alice", "image", "set", ...changes, "My-Custom-Image-Name");
  expect(cloud.state.images[id]).toMatchObject({
    name: "Renamed",
    visibility: "community",
    tags: ["teaching"],
    properties: { os_distro: "debian" },
  });
  await expect(openstack("bob", "image", "delete", id)).rejects.toThrow("You do not own this image");
  await openstack("alice", "image", "delete", id, snapshot);
  expect(Object.keys(cloud.state.images)).not.toContain(id);
  expect(Object.keys(cloud.state.images)).not.toContain(snapshot);
});

test("an upload that is no more than a name: a file that is not there is the client's own complaint", async () => {
  const { folder, openstack } = clients;
  writeFileSync(join(folder, "empty.raw"), "");
  await expect(openstack("alice", "image", "create", "--file", "missing.raw", "x")).rejects.toThrow("missing.raw");
});

/** Evidence, looked for often; the test's own limit ends a wait for what never comes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
