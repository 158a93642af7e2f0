// Guests on trees: what a boot does to a disk, which scripts run, and what is carried from disk to image to disk.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { demoIds } from "../index.ts";
import { nova, type Reply, type Speaker, type TryOut, tryOut } from "../test-client.ts";
import { canariesIn, findCanaries, plantCanaries } from "./test-canaries.ts";

const { flavors, images, servers } = demoIds;
const ours = (lines: string) => `#!/bin/sh\n# darkroom guest script\n${lines}\n`;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const guestMs = 4000 + 53_000 + 15_000;

async function bootOf(
  alice: Speaker,
  userData: string | undefined,
  changes: Record<string, unknown> = {},
): Promise<string> {
  const server = {
    name: "temporary",
    imageRef: images["debian-12"],
    flavorRef: flavors["m1.small"],
    networks: "none",
    config_drive: true,
    ...(userData === undefined ? {} : { user_data: userData }),
    ...changes,
  };
  const reply = await alice.ask("POST", "/compute/v2.1/servers", { server }, nova(37));
  if (reply.status !== 202) throw new Error(reply.text);
  return (reply.body as { server: { id: string } }).server.id;
}

const consoleOf = async (alice: Speaker, id: string): Promise<string> =>
  ((await alice.act(id, { "os-getConsoleOutput": {} })).body as { output: string }).output;

async function snapshotOf({ clock }: TryOut, alice: Speaker, id: string): Promise<string> {
  const reply: Reply = await alice.act(id, { createImage: { name: "snap" } });
  clock.advance(10_000);
  return (reply.body as { image_id: string }).image_id;
}

test("a script of ours runs on the server's own tree once it has booted, with nothing of our environment; the console tells what it said", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  process.env.OF_OUR_PROCESS = "secret";
  const script = ours(
    'env | cut -d= -f1 | sort | grep -v "^_$" | tr "\\n" " " >"$DARKROOM_ROOT/environment"\npwd >"$DARKROOM_ROOT/cwd"\necho "frame one" >>"$DARKROOM_CONSOLE"\necho trouble >&2',
  );
  const id = await bootOf(alice, base64(script));
  out.clock.advance(4000);
  await alice.ask("GET", `/compute/v2.1/servers/${id}`);
  const root = out.cloud.diskOf(id);
  out.clock.advance(53_000);
  expect(await consoleOf(alice, id)).toMatch(/Cloud-init v\. .* finished[\s\S]*login: $/);
  expect(existsSync(join(root, "environment"))).toBe(false);
  out.clock.advance(15_000);
  expect(await consoleOf(alice, id)).toMatch(/login: frame one\ncloud-init\[512\]: trouble\r\n$/);
  expect(readFileSync(join(root, "environment"), "utf8")).toBe(
    "DARKROOM_BOOTED DARKROOM_CONSOLE DARKROOM_ONCE DARKROOM_ROOT PATH PWD TMPDIR ",
  );
  expect(readFileSync(join(root, "cwd"), "utf8")).not.toBe(`${process.cwd()}\n`);
  expect(readFileSync(join(root, "etc/machine-id"), "utf8")).toBe(`${id.replaceAll("-", "")}\n`);
});

test.each([
  ["a stranger's script", (there: string) => base64(`#!/bin/sh\ntouch ${there}\n`)],
  [
    "one that only speaks of ours",
    (there: string) => base64(`#!/bin/sh\n# no darkroom guest script\ntouch ${there}\n`),
  ],
  ["one that is no script", (there: string) => base64(`# darkroom guest script\ntouch ${there}\n`)],
])("%s is never run, and stands on the disk as cloud-init leaves it", async (_what, userData) => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const folder = mkdtempSync(join(tmpdir(), "never-run-"));
  const id = await bootOf(alice, userData(join(folder, "ran")));
  out.clock.advance(guestMs * 2);
  const root = out.cloud.diskOf(id);
  expect(existsSync(join(folder, "ran"))).toBe(false);
  rmSync(folder, { recursive: true });
  expect(readFileSync(join(root, "var/lib/cloud/instance/user-data.txt"), "utf8")).toContain(folder);
});

test("what the cloud's owner does not let run is not run", async () => {
  await using out = await tryOut({ runsScript: (script) => !script.includes("forbidden") });
  const alice = await out.as("alice");
  const ids = [];
  for (const word of ["allowed", "forbidden"])
    ids.push(await bootOf(alice, base64(ours(`: ${word}\ntouch "$DARKROOM_ROOT/ran"`))));
  out.clock.advance(guestMs);
  expect(ids.map((id) => existsSync(join(out.cloud.diskOf(id), "ran")))).toEqual([true, false]);
});

test("in several parts and compressed: cloud-config is obeyed, the script run once an instance", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const parts = [
    "#cloud-config\nusers: []\nssh_deletekeys: false\nssh_genkeytypes: []\n",
    ours('echo ran >>"$DARKROOM_ROOT/ran"'),
  ];
  const mime = `Content-Type: multipart/mixed; boundary="=="\nMIME-Version: 1.0\n\n--==\nContent-Type: text/cloud-config\n\n${parts[0]}\n--==\nContent-Type: text/x-shellscript\n\n${parts[1]}\n--==--\n`;
  const id = await bootOf(alice, gzipSync(mime).toString("base64"));
  out.clock.advance(guestMs);
  const root = out.cloud.diskOf(id);
  const passwd = () => readFileSync(join(root, "etc/passwd"), "utf8");
  expect([passwd().includes("debian:"), existsSync(join(root, "etc/ssh/ssh_host_rsa_key"))]).toEqual([false, false]);
  await alice.act(id, { reboot: { type: "HARD" } });
  out.clock.advance(guestMs);
  out.cloud.state;
  expect(readFileSync(join(root, "ran"), "utf8")).toBe("ran\n");
});

test("a snapshot carries the tree, a server from it has a copy of its own, and the image's bytes hold what is in it", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const source = out.cloud.diskOf(servers["stopped-1"]);
  // Less than its tree has: the image is as large as that then, and not 355 MiB of imagined bytes around it.
  const record = out.cloud.state.servers[servers["stopped-1"]];
  if (record) record.guest.diskBytes = 2 ** 16;
  const canaries = plantCanaries(source, ["/home/alice/.bash_history", "/root/a file 'quoted'", "/tmp/x", "/opt/keep"]);
  const snapshot = await snapshotOf(out, alice, servers["stopped-1"]);
  expect(findCanaries(out.cloud.diskOf(snapshot), canaries)).toHaveLength(4);

  const id = await bootOf(alice, base64(ours('rm -rf "$DARKROOM_ROOT"/home/* "$DARKROOM_ROOT"/root')), {
    imageRef: snapshot,
  });
  out.clock.advance(guestMs);
  // Debian 12's own boot empties /tmp.
  expect(findCanaries(out.cloud.diskOf(id), canaries)).toEqual(["/opt/keep in /opt/keep"]);
  await alice.act(id, { "os-stop": null });
  out.clock.advance(22_000);
  const cleaned = await snapshotOf(out, alice, id);
  const bytes = Buffer.from(
    await (
      await fetch(`${out.cloud.url}/image/v2/images/${cleaned}/file`, { headers: { "X-Auth-Token": alice.token } })
    ).arrayBuffer(),
  );
  expect(canariesIn(bytes, canaries)).toEqual(["/opt/keep"]);
  expect(findCanaries(source, canaries)).toHaveLength(4);
  expect(findCanaries(out.cloud.diskOf(snapshot), canaries)).toHaveLength(4);
});

test("a tree goes with what has it", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const source = out.cloud.diskOf(servers["stopped-1"]);
  const snapshot = await snapshotOf(out, alice, servers["stopped-1"]);
  const image = out.cloud.diskOf(snapshot);
  await alice.ask("DELETE", `/image/v2/images/${snapshot}`);
  await alice.ask("DELETE", `/compute/v2.1/servers/${servers["stopped-1"]}`);
  expect([existsSync(image), existsSync(source)]).toEqual([false, true]);
  out.clock.advance(2000);
  await alice.ask("GET", "/compute/v2.1/servers");
  expect(existsSync(source)).toBe(false);
});

test("trees are there again after a restart, and those of nobody go; without a data file they end with the cloud", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trees-test-"));
  const dataFile = join(folder, "state.json");
  const first = await tryOut({ dataFile });
  const root = first.cloud.diskOf(servers["stopped-1"]);
  writeFileSync(join(root, "mine"), "kept");
  await first.cloud.close();
  const second = await tryOut({ dataFile });
  expect(readFileSync(join(second.cloud.diskOf(servers["stopped-1"]), "mine"), "utf8")).toBe("kept");
  await second.cloud.close();
  rmSync(folder, { recursive: true });

  const memory = await tryOut();
  const passing = memory.cloud.diskOf(servers["stopped-1"]);
  await memory.cloud.close();
  expect(existsSync(passing)).toBe(false);
});

test("a tree that is laid late is the same as one that was laid early", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const early = await snapshotOf(out, alice, servers["analysis-1"]);
  const server = out.cloud.diskOf(servers["analysis-1"]);
  const read = (root: string) =>
    ["etc/machine-id", "etc/passwd", "etc/ssh/ssh_host_rsa_key", "home/alice/.bash_history"].map((name) =>
      readFileSync(join(root, name), "utf8"),
    );
  expect(read(out.cloud.diskOf(early))).toEqual(read(server));
});
