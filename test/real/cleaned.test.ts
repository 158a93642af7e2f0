// Nothing of the owner leaves: a real Debian guest full of canaries, cleaned, proven and shared on a real OpenStack, then read byte by byte.
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Server } from "../../lib/openstack/index.ts";
import { countInDisk, plantation, planted } from "./canaries.ts";
import { bootServer, deleteServer, imageNamed, openRealCloud, type RealCloud, waitFor } from "./real-cloud.ts";

const plants = plantation();
const folder = mkdtempSync(join(tmpdir(), "darkroom-canaries-"));
let cloud: RealCloud;
let source: Server;
const madeImages: string[] = [];
const madeServers: { person: string; id: string }[] = [];

beforeAll(async () => {
  cloud = await openRealCloud({ testRamMib: 512, approvalNeededFor: [], visibilities: ["private", "shared"] });
  const member = cloud.as("user-a");
  source = await bootServer(member, "darkroom-test-canaries", await imageNamed(member, "debian-12"), {
    userData: plants.userData,
    until: new RegExp(planted),
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
  const { project: other } = await cloud.as("user-b").token();
  const id = await cloud.post({
    serverId: source.id,
    name: "Clean Debian",
    preparation: "clean",
    visibility: "shared",
    share: { projects: [other?.id] },
    excludePaths: plants.excludePaths,
  });
  const request = await cloud.followToEnd(id);
  const { body: report } = await cloud.call("user-a", "GET", `/v1/image-requests/${id}/report`);
  expect({ request, problem: request.problem, verdict: report.verify?.verdict }).toMatchObject({
    request: { status: "completed" },
    problem: null,
    verdict: { sound: true, stops: [] },
  });
  const imageId = request.image?.id ?? "";
  madeImages.push(imageId);
  console.log(JSON.stringify(report.clean.report, null, 1).slice(0, 6000));

  const counts = await countInDisk(await download(imageId), [...Object.values(plants.canaries), plants.kept]);
  expect(Object.entries(plants.canaries).filter(([, text]) => counts[text] !== 0)).toEqual([]);
  expect(counts[plants.kept]).toBe(1);
});

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
