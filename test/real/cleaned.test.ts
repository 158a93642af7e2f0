// Nothing of the owner leaves: a real Debian guest full of canaries, cleaned, proven and shared on a real OpenStack, then read byte by byte.
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Server } from "../../lib/openstack/index.ts";
import { countInDisk, plantation } from "./canaries.ts";
import { bootServer, deleteServer, imageNamed, openRealCloud, type RealCloud } from "./real-cloud.ts";

const plants = plantation();
const folder = mkdtempSync(join(tmpdir(), "darkroom-canaries-"));
let cloud: RealCloud;
let source: Server;
let id: string;
const madeImages: string[] = [];
const madeServers: { person: string; id: string }[] = [];

/** The list of Jetstream2's guide; a guest that can boot with it is imaged in test/seeds. */
const bootProperties = {
  hw_disk_bus: "scsi",
  hw_scsi_model: "virtio-scsi",
  hw_qemu_guest_agent: "yes",
  os_require_quiesce: "yes",
};

beforeAll(async () => {
  cloud = await openRealCloud({
    testRamMib: 512,
    approvalNeededFor: [],
    visibilities: ["private", "shared"],
    bootProperties,
  });
  const member = cloud.as("user-a");
  source = await bootServer(member, "darkroom-test-canaries", await imageNamed(member, "debian-12"), {
    userData: plants.userData,
    until: /planted/,
  });
  const { project: other } = await cloud.as("user-b").token();
  id = await cloud.post({
    serverId: source.id,
    name: "Clean Debian",
    preparation: "clean",
    visibility: "shared",
    share: { projects: [other?.id ?? ""] },
    excludePaths: [...plants.excludePaths],
  });
});

afterAll(async () => {
  for (const { person, id } of madeServers) await deleteServer(cloud.as(person), id).catch(() => undefined);
  for (const id of madeImages) await cloud.as("user-a").image.deleteImage(id);
  await deleteServer(cloud.as("user-a"), source.id).catch(() => undefined);
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a guest full of canaries becomes a shared image that holds none, boots elsewhere, and is a new machine each time", async () => {
  const request = await cloud.followToEnd(id);
  const { body: report } = await cloud.call("user-a", "GET", `/v1/image-requests/${id}/report`);
  expect({ request, problem: request.problem, verdict: report.verify?.verdict }).toMatchObject({
    request: { status: "completed" },
    problem: null,
    verdict: { sound: true, stops: [] },
  });
  const imageId = request.image?.id ?? "";
  madeImages.push(imageId);
  const counts = await countInDisk(await download(imageId), [...Object.values(plants.canaries), plants.kept]);
  expect(Object.entries(plants.canaries).filter(([, text]) => counts[text] !== 0)).toEqual([]);
  expect(counts[plants.kept]).toBe(1);

  expect(report.clean.report.excluded.items.map(({ path, outcome }: Excluded) => [path, outcome])).toEqual(
    expect.arrayContaining(plants.excludePaths.map((path) => [path, "removed"])),
  );
  expect(report.clean.report.freeSpace).toEqual([
    expect.objectContaining({ mountPoint: "/", fileSystem: "ext4", road: "fill", promised: true }),
  ]);
  const wrongScripts = report.clean.report.postScripts.scripts.filter(({ problems }: Checked) => problems.length > 0);
  expect(wrongScripts.map(({ name }: Checked) => name)).toEqual(["30-mode", "40-dangles"]);
  expect(report.verify.report.postScripts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        name: "10-good",
        exitStatus: 0,
        outputEnd: expect.stringContaining("good ran as root"),
      }),
      expect.objectContaining({ name: "20-bad", exitStatus: 3 }),
    ]),
  );
  expect(await cloud.as("user-a").compute.getServer(source.id)).toMatchObject({ status: "ACTIVE", locked: false });
  const left: string[] = [];
  for await (const { name } of cloud.as("user-a").image.listImages({ owner: source.projectId }))
    left.push(String(name));
  for await (const { name } of cloud.as("user-a").compute.listServers({ namePattern: "^darkroom-" })) left.push(name);
  expect(left.filter((name) => /^darkroom-(?!test-)/.test(name))).toEqual([]);

  // The other project boots it before it has accepted, the owner too: two machines, and neither is the source.
  const identities = await Promise.all(["user-b", "user-a"].map((person) => identityOf(person, imageId)));
  const [one, two] = identities.map(({ machineId, hostKey }) => [machineId, hostKey]);
  expect(new Set([one?.[0], two?.[0]]).size).toBe(2);
  expect(new Set([one?.[1], two?.[1]]).size).toBe(2);
  for (const { machineId, hostKey, postScripts } of identities) {
    expect(machineId).toMatch(/^[0-9a-f]{32}$/);
    expect(hostKey).toMatch(/^ssh-ed25519 /);
    expect(postScripts).toContain("good ran as root");
  }
});

test("a guest that names its disk by /dev/vda keeps its bus, and it is said why", async () => {
  const kept = (await cloud.as("user-a").image.getImage(madeImages[0] ?? "")).properties;
  expect(kept).toMatchObject({ hw_disk_bus: "virtio", hw_qemu_guest_agent: "yes" });
  expect(kept.hw_scsi_model).toBeUndefined();
  const { body } = await cloud.call("user-a", "GET", `/v1/image-requests/${id}/timeline`);
  const described = body.timeline.find(({ step, what }: Entry) => step === "describe" && what === "done");
  expect(described.text).toContain("its buses are those of the source: /etc/fstab:1: /dev/vda");
});

interface Entry {
  step: string;
  what: string;
}
interface Excluded {
  path: string;
  outcome: string;
}
interface Checked {
  name: string;
  problems: string[];
}

/** What a server booted from the image says of itself, over its console. */
async function identityOf(person: string, imageId: string) {
  // Beside cloud-init, not in it: the post-scripts run once it has ended.
  const userData = `#!/bin/sh
{ n=0; while [ $n -lt 300 ] && ! grep -rqs "good ran" /var/log/atmo/post-scripts; do sleep 1; n=$((n+1)); done
{ echo; echo "machine-id=$(cat /etc/machine-id)="; echo "host-key=$(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)="
echo "post-scripts=$(cat /var/log/atmo/post-scripts/* | tr '\\n' ' ')="; echo told=; } >/dev/ttyS0; } </dev/null >/dev/null 2>&1 &
`;
  const until = /told=/;
  const server = await bootServer(cloud.as(person), "darkroom-test-child", imageId, { userData, until });
  madeServers.push({ person, id: server.id });
  const console = await cloud.as(person).compute.getConsole(server.id);
  const said = (what: string) => console.match(new RegExp(`${what}=([^\\r\\n]*)=`))?.[1] ?? "";
  return { machineId: said("machine-id"), hostKey: said("host-key"), postScripts: said("post-scripts") };
}

/** The image's bytes, as its owner gets them. */
async function download(imageId: string): Promise<string> {
  const { id: token, catalog } = await cloud.as("user-a").token();
  const glance = catalog.find(({ type }) => type === "image")?.endpoints[0]?.url ?? "";
  const answer = await fetch(`${glance}/v2/images/${imageId}/file`, { headers: { "x-auth-token": token } });
  if (!answer.ok || !answer.body) throw new Error(`no bytes of ${imageId}: ${answer.status}`);
  const file = join(folder, `${imageId}.img`);
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(file));
  return file;
}
