// A simulated cloud of many images and servers, in a process of its own: `node large-cloud.ts IMAGES SERVERS UNUSED PUBLISHED`. Says its address on one line, ends when its input does.
import { demoIds, demoSeed, type SeedDocument, startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";

const [images = 0, servers = 0, unused = 0, published = 0] = process.argv.slice(2).map(Number);
const dayMs = 86_400_000;

/** Some are old and nobody uses them: the first of these are two versions each of what Darkroom published (request `5…` made image `1…`), the others snapshots; then each server has an old one that it was booted from, as far as there are images; the rest are young. */
function seed(nowMs: number): SeedDocument {
  const demo = demoSeed(nowMs);
  const image = Object.values(demo.images ?? {}).find(({ name }) => name === "taken-name");
  const server = Object.values(demo.servers ?? {}).find(({ name }) => name === "stopped-1");
  const volume = Object.values(demo.volumes ?? {})[0];
  const parts = { images: demo.images ?? {}, servers: demo.servers ?? {}, volumes: demo.volumes ?? {} };
  if (!image || !server || !volume) throw new Error("the demo's seed has changed");
  for (let each = 0; each < images; each++) {
    const isUnused = each < unused;
    const id = idOf("1", each);
    const ageDays = isUnused ? 400 : each < unused + servers ? 300 : 30;
    const createdAt = nowMs - ageDays * dayMs + each * 1000;
    const isPublished = each < published;
    const properties: Record<string, string> = isPublished
      ? { darkroom_request: idOf("5", each), darkroom_published_at: new Date(createdAt).toISOString() }
      : { image_type: "snapshot", instance_uuid: idOf("3", each), user_id: demoIds.users.alice, os_distro: "debian" };
    parts.images[id] = {
      ...image,
      id,
      name: isPublished ? `line-${Math.floor(each / 2)}` : `snapshot-${each}`,
      properties,
      createdAt,
      updatedAt: createdAt,
      sequence: each,
    };
  }
  for (let each = 0; each < servers; each++) {
    const id = idOf("2", each);
    const used = idOf("1", unused + (each % (images - unused)));
    parts.servers[id] = {
      ...server,
      id,
      name: `server-${each}`,
      imageId: used,
      createdAt: nowMs - (each + 1) * 60_000,
    };
  }
  for (let each = 0; each < servers / 100; each++) {
    const id = idOf("4", each);
    parts.volumes[id] = {
      ...volume,
      id,
      name: `volume-${each}`,
      imageMetadata: { image_id: idOf("1", unused + each) },
    };
  }
  return { ...demo, ...parts };
}

function idOf(kind: string, each: number): string {
  return `${kind}0000000-0000-4000-8000-${String(each).padStart(12, "0")}`;
}

const cloud = await startSimulatedCloud({ seed });
process.stdout.write(`${JSON.stringify({ cloudsYaml: cloud.cloudsYaml() })}\n`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
