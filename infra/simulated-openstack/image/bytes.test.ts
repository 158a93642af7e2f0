// The bytes of images: what was uploaded comes back, what the cloud made is there in the right size and with the hashes that it says.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoIds } from "../index.ts";
import { type Speaker, tryOut } from "../test-client.ts";

const images = "/image/v2/images";
const octets = { "Content-Type": "application/octet-stream" };
const server = demoIds.servers["stopped-1"];

async function fileOf(url: string, speaker: Speaker, id: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${images}/${id}/file`, {
    headers: { "X-Auth-Token": speaker.token, ...headers },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("hex");
const sha512 = (bytes: Buffer) => createHash("sha512").update(bytes).digest("hex");

async function snapshot(alice: Speaker, out: Awaited<ReturnType<typeof tryOut>>, diskBytes: number): Promise<string> {
  const record = out.cloud.state.servers[server];
  if (record) record.guest.diskBytes = diskBytes;
  const { body } = await alice.act(server, { createImage: { name: "made" } });
  out.clock.advance(60_000);
  return (body as { image_id: string }).image_id;
}

test("a snapshot's bytes: as many as it says, with its hashes, the same each time, other than another's", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = await snapshot(alice, out, 200_001);
  const shown = (await alice.ask("GET", `${images}/${id}`)).body;
  const { status, bytes, headers } = await fileOf(out.cloud.url, alice, id);
  expect([status, bytes.length, headers.get("Content-Length")]).toEqual([200, 200_001, "200001"]);
  expect(shown).toMatchObject({ size: 200_001, checksum: md5(bytes), os_hash_value: sha512(bytes) });
  expect(headers.get("Content-MD5")).toBe(md5(bytes));
  expect((await fileOf(out.cloud.url, alice, id)).bytes.equals(bytes)).toBe(true);
  const part = await fileOf(out.cloud.url, alice, id, { Range: "bytes=65530-131080" });
  expect([part.status, part.bytes.equals(bytes.subarray(65_530, 131_081))]).toEqual([206, true]);
  const other = await fileOf(out.cloud.url, alice, await snapshot(alice, out, 200_001));
  expect(other.bytes.equals(bytes)).toBe(false);
  expect([bytes.subarray(0, 4).toString("latin1"), bytes.readBigUInt64BE(24)]).toEqual(["QFI\xfb", 20n * 2n ** 30n]);
});

test("of a large one the hashes are the bytes' from the first download on", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = await snapshot(alice, out, 20 * 2 ** 20);
  const { bytes, headers } = await fileOf(out.cloud.url, alice, id);
  expect([bytes.length, headers.get("Content-MD5")]).toEqual([20 * 2 ** 20, md5(bytes)]);
  expect((await alice.ask("GET", `${images}/${id}`)).body).toMatchObject({
    checksum: md5(bytes),
    os_hash_value: sha512(bytes),
  });
});

test("more than a GiB that nobody uploaded is not made up", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await fileOf(out.cloud.url, alice, demoIds.images["windows-2022"])).status).toBe(501);
});

test("a download that is cut short: half of it", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = await snapshot(alice, out, 2 ** 20);
  out.cloud.faults.add({ when: "after", path: /\/file$/, answer: { cut: "length" } });
  await expect(fileOf(out.cloud.url, alice, id)).rejects.toThrow("terminated");
});

test("what was uploaded is kept beside the data file, survives a new start, and goes with its image", async () => {
  const folder = mkdtempSync(join(tmpdir(), "simulated-openstack-"));
  const dataFile = join(folder, "cloud.json");
  try {
    const sent = Buffer.from("not even a disk");
    let id = "";
    {
      await using out = await tryOut({ dataFile });
      const alice = await out.as("alice");
      const made = await alice.ask("POST", images, { disk_format: "raw", container_format: "bare" });
      id = (made.body as { id: string }).id;
      expect((await alice.ask("PUT", `${images}/${id}/file`, sent, octets)).status).toBe(204);
      expect(readdirSync(`${dataFile}.images`)).toEqual([id]);
    }
    await using out = await tryOut({ dataFile });
    const alice = await out.as("alice");
    expect((await fileOf(out.cloud.url, alice, id)).bytes.equals(sent)).toBe(true);
    expect((await alice.ask("DELETE", `${images}/${id}`)).status).toBe(204);
    expect(readdirSync(`${dataFile}.images`)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an upload that a fault makes as if it had not been leaves no image active", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const made = await alice.ask("POST", images, { disk_format: "raw", container_format: "bare" });
  const { id } = made.body as { id: string };
  const fault = out.cloud.faults.add({ when: "before", method: "PUT", answer: { shape: "empty" } });
  await alice.ask("PUT", `${images}/${id}/file`, Buffer.from("lost"), octets);
  expect((await alice.ask("GET", `${images}/${id}`)).body).toMatchObject({ status: "queued", size: null });
  fault.remove();
  expect((await alice.ask("PUT", `${images}/${id}/file`, Buffer.from("kept"), octets)).status).toBe(204);
  expect((await fileOf(out.cloud.url, alice, id)).bytes.toString()).toBe("kept");
});
