// The command as an operator gives it: on a file, and on an image of the simulated cloud by id and by name.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TryOut, tryOut } from "../simulated-openstack/test-client.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-inspect-test-"));
const scratch = join(folder, "tmp");
mkdirSync(scratch);
let out: TryOut;
beforeAll(async () => {
  out = await tryOut();
  writeFileSync(join(folder, "clouds.yaml"), out.cloud.cloudsYaml());
});
afterAll(async () => {
  await out.cloud.close();
  rmSync(folder, { recursive: true });
});

async function inspect(...words: string[]): Promise<{ status: number | null; out: string; err: string }> {
  const env = {
    ...process.env,
    OS_CLIENT_CONFIG_FILE: join(folder, "clouds.yaml"),
    OS_CLOUD: "alice",
    TMPDIR: scratch,
  };
  const child = spawn(process.execPath, ["--no-warnings", join(import.meta.dirname, "main.ts"), ...words], { env });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  // Nothing is left, whichever way it ends.
  expect(readdirSync(scratch)).toEqual([]);
  return { status, ...said };
}

const secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n";

test("a file: kinds, counts and places, never the content; 1 where something was found, 0 where not", async () => {
  const path = join(folder, "disk.raw");
  writeFileSync(path, Buffer.concat([Buffer.alloc(8192), Buffer.from(`${secret}canary-of-mine`)]));
  const told = await inspect("--file", path, "--find", "canary-of-mine", "--json");
  expect(told.status).toBe(1);
  expect(JSON.parse(told.out)).toEqual({
    subject: { file: path },
    bytes: 8192 + secret.length + 14,
    findings: [
      { kind: "private-key", count: 1, offsets: [8192] },
      { kind: "text-1", count: 1, offsets: [8192 + secret.length] },
    ],
  });
  const inWords = await inspect("--file", path, "--find", "canary-of-mine");
  expect(inWords.out).toMatch(/private-key +1 +at 8192\n/);
  expect(inWords.out + inWords.err).not.toMatch(/canary-of-mine|b3Blbn/);
  writeFileSync(path, Buffer.alloc(100_000));
  expect(await inspect("--file", path)).toMatchObject({ status: 0, out: expect.stringContaining("nothing found") });
});

test("what the base holds as well is no news; what only begins alike is", async () => {
  const [base, path] = [join(folder, "base.raw"), join(folder, "disk.raw")];
  const disk = (...keys: string[]) => Buffer.concat(keys.map((key) => Buffer.from(key.padEnd(4096, "\0"))));
  writeFileSync(base, disk(secret));
  writeFileSync(path, disk("", secret, secret.replace("AAAAE", "AAAAF")));
  expect((await inspect("--file", path, "--json")).out).toContain('"count":2');
  const told = await inspect("--file", path, "--base", base, "--json");
  expect([told.err, told.status]).toEqual(["", 1]);
  expect(JSON.parse(told.out)).toMatchObject({
    base: { file: base },
    findings: [{ kind: "private-key", count: 1, offsets: [8192] }],
  });
  expect((await inspect("--file", base, "--base", base)).status).toBe(0);
});

test("an image, by its id and by its exact name; one that is not there, and two of one name, are said", async () => {
  const alice = await out.as("alice");
  const upload = async (name: string, bytes: string) => {
    const wish = { name, disk_format: "raw", container_format: "bare" };
    const { id } = (await alice.ask("POST", "/image/v2/images", wish)).body as { id: string };
    const put = await alice.ask("PUT", `/image/v2/images/${id}/file`, Buffer.from(bytes), {
      "Content-Type": "application/octet-stream",
    });
    expect(put.status).toBe(204);
    return id;
  };
  const id = await upload("with a key", `${"\0".repeat(4096)}${secret}`);
  const told = await inspect(id, "--json");
  expect([told.err, told.status]).toEqual(["", 1]);
  expect(JSON.parse(told.out)).toMatchObject({
    subject: { id, name: "with a key" },
    findings: [{ kind: "private-key", count: 1, offsets: [4096] }],
  });
  expect((await inspect("with a key")).status).toBe(1);
  expect(await inspect("with")).toMatchObject({ status: 2, err: expect.stringContaining("no image is named with") });
  await upload("with a key", "x");
  expect(await inspect("with a key")).toMatchObject({ status: 2, err: expect.stringContaining("several images") });
});

test("told nonsense it says how it is used, and ends with 2", async () => {
  for (const words of [[], ["a", "b"], ["a", "--file", "b"], ["--unknown"], ["--file", join(folder, "gone")]])
    expect(await inspect(...words)).toMatchObject({
      status: 2,
      out: "",
      err: expect.stringContaining("npm run inspect"),
    });
});
