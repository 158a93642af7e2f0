// Our own guest scripts in the simulated cloud's guests: cleaned, captured, verified, with canaries looked for in the image.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isOwnScript } from "../../infra/local/own-scripts.ts";
import { canariesIn, findCanaries, plantCanaries } from "../../infra/simulated-openstack/guest/test-canaries.ts";
import { demoIds } from "../../infra/simulated-openstack/index.ts";
import { nova, type Speaker, type TryOut, tryOut } from "../../infra/simulated-openstack/test-client.ts";
import { hearClean, hearVerify } from "../../lib/guest/console.ts";
import { likelyCause } from "../../lib/guest/likely-cause.ts";
import { cleanUserData, verifyUserData } from "../../lib/guest/user-data.ts";

const nonce = "aaaabbbb-1111";
const cleanJob = { nonce, excludePaths: [], keepPaths: [], keptSystemFiles: [] };
const verifyJob = { nonce, excludePaths: [], keepPaths: [], emptied: true };
const guestMs = 4000 + 53_000 + 15_000;

async function booted(out: TryOut, alice: Speaker, imageRef: string, userData: string): Promise<string> {
  const server = {
    name: "temporary",
    imageRef,
    flavorRef: demoIds.flavors["m1.small"],
    networks: "none",
    config_drive: true,
    user_data: userData,
  };
  const reply = await alice.ask("POST", "/compute/v2.1/servers", { server }, nova(37));
  if (reply.status !== 202) throw new Error(reply.text);
  out.clock.advance(guestMs);
  return (reply.body as { server: { id: string } }).server.id;
}

const consoleOf = async (alice: Speaker, id: string): Promise<string> =>
  ((await alice.act(id, { "os-getConsoleOutput": {} })).body as { output: string }).output;

async function captured(out: TryOut, alice: Speaker, id: string): Promise<string> {
  const { body } = await alice.act(id, { createImage: { name: "captured" } });
  out.clock.advance(20_000);
  out.cloud.state;
  return (body as { image_id: string }).image_id;
}

test.each([
  ["debian", "analysis-1", []],
  // Its rpm database is none that rpm could read: no description in text makes one. And not every machine has rpm.
  [
    "redhat",
    "no-agent-1",
    [expect.stringMatching(/rpm cannot read the database|there is no rpm to read its database/)],
  ],
] as const)(
  "a %s guest: cleaned, captured, verified; no canary in the image, what it is made for is there",
  async (_family, name, problems) => {
    await using out = await tryOut({ runsScript: isOwnScript });
    const alice = await out.as("alice");
    const source = demoIds.servers[name];
    const tree = out.cloud.diskOf(source);
    const record = out.cloud.state.servers[source];
    if (record) record.guest.diskBytes = 2 ** 20;
    const canaries = plantCanaries(tree, [
      "/home/alice/notes",
      "/home/alice/.bash_history",
      "/home/alice/.ssh/id_rsa",
      "/root/.hidden",
      "/tmp/x",
      "/mnt/y",
      "/var/tmp/z",
      "/var/log/app.log",
      "/srv/data/it's mine/a",
      "/var/lib/cloud/instance/user-data.txt",
    ]);
    writeFileSync(join(tree, "etc/atmo/post-scripts.d/20-fails"), "#!/bin/bash\n# simulated-exit: 3\n", {
      mode: 0o755,
    });
    symlinkSync("/home/alice/gone", join(tree, "etc/atmo/post-scripts.d/30-dangling"));
    mkdirSync(join(tree, "opt/mine"), { recursive: true });
    const snapshot = await captured(out, alice, source);
    expect(
      new Set(findCanaries(out.cloud.diskOf(snapshot), canaries).map((found) => found.split(" in ")[0])).size,
    ).toBe(10);

    const cleaning = await booted(
      out,
      alice,
      snapshot,
      cleanUserData({ ...cleanJob, excludePaths: ["/srv/data/it's mine"] }),
    );
    const heard = hearClean(await consoleOf(alice, cleaning), nonce);
    expect(heard).toMatchObject({ kind: "report", report: { kind: "clean", problems } });
    await alice.act(cleaning, { "os-stop": null });
    out.clock.advance(22_000);
    const cleaned = await captured(out, alice, cleaning);
    const root = out.cloud.diskOf(cleaned);
    expect(findCanaries(root, canaries)).toEqual([]);
    expect(readFileSync(join(root, "opt/trinity/README"), "utf8")).toBe("What this image is made for.\n");
    const download = await fetch(`${out.cloud.url}/image/v2/images/${cleaned}/file`, {
      headers: { "X-Auth-Token": alice.token },
    });
    const bytes = Buffer.from(await download.arrayBuffer());
    expect(canariesIn(bytes, canaries)).toEqual([]);
    expect(bytes.includes("What this image is made for.")).toBe(true);

    const verifying = await booted(
      out,
      alice,
      cleaned,
      verifyUserData({ ...verifyJob, excludePaths: ["/srv/data/it's mine"] }),
    );
    const verified = hearVerify(await consoleOf(alice, verifying), nonce);
    expect(verified).toMatchObject({
      kind: "report",
      report: {
        cloudInitStatus: { status: "done", datasource: expect.stringContaining("ConfigDrive") },
        forbidden: { items: [] },
        problems,
      },
    });
    if (heard.kind !== "report" || verified.kind !== "report") throw new Error("no report");
    expect(verified.report.machineIdHash).not.toBe(heard.report.machineIdHash);
    expect(verified.report.hostKeyHashes.filter((hash) => heard.report.hostKeyHashes.includes(hash))).toEqual([]);
    expect(verified.report.postScripts.map(({ name, exitStatus }) => [name, exitStatus])).toEqual([
      ["10-license", 0],
      ["20-fails", 3],
      ["30-dangling", null],
    ]);
  },
);

test.each([
  ["no-cloud-init", /not installed, or switched off/],
  ["no-config-drive", /ConfigDrive/],
  ["initramfs-shell", /root file system/],
  ["kernel-panic", /panicked/],
  ["silent", undefined],
] as const)("a guest that has the fault %s says nothing of ours, and its console tells why", async (kind, cause) => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.misbehaviours.add({ kind });
  const id = await booted(out, alice, demoIds.images["debian-12"], cleanUserData(cleanJob));
  const console = await consoleOf(alice, id);
  expect(hearClean(console, nonce)).toEqual({ kind: "silence" });
  if (cause === undefined) expect(likelyCause(console)).toBeUndefined();
  else expect(likelyCause(console)).toMatch(cause);
});

test("one that names /dev/vda does not find its root on another bus", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  await admin.patch(demoIds.images["debian-12"], [{ op: "replace", path: "/hw_disk_bus", value: "scsi" }]);
  const byUuid = await booted(out, alice, demoIds.images["debian-12"], verifyUserData(verifyJob));
  expect(hearVerify(await consoleOf(alice, byUuid), nonce).kind).toBe("report");
  writeFileSync(join(out.cloud.diskOf(demoIds.images["debian-12"]), "etc/fstab"), "/dev/vda1 / ext4 defaults 0 1\n");
  const byName = await booted(out, alice, demoIds.images["debian-12"], verifyUserData(verifyJob));
  expect(await consoleOf(alice, byName)).toContain("ALERT!  /dev/vda1 does not exist.  Dropping to a shell!");
});

test("what was said in another run is not this run's; what is cut is not whole, and its disk is as it was", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const debian = demoIds.images["debian-12"];
  const earlier = await consoleOf(alice, await booted(out, alice, debian, verifyUserData(verifyJob)));
  out.cloud.misbehaviours.add({ kind: "prints", text: earlier, instead: true }, { times: 1 });
  const another = { ...verifyJob, nonce: "cccc-dddd-2222" };
  const replayed = await booted(out, alice, debian, verifyUserData(another));
  expect(hearVerify(await consoleOf(alice, replayed), another.nonce)).toEqual({ kind: "silence" });

  const cut = out.cloud.misbehaviours.add({ kind: "stops", share: 0.8 }, { script: /read_job_of_verify/, times: 1 });
  const half = await booted(out, alice, debian, verifyUserData(verifyJob));
  expect(hearVerify(await consoleOf(alice, half), nonce).kind).not.toBe("report");
  expect(cut.hits).toBe(1);
  expect(readFileSync(join(out.cloud.diskOf(half), "var/lib/cloud/instance/user-data.txt"), "utf8")).toContain(
    "read_job_of_verify",
  );

  out.cloud.misbehaviours.add({ kind: "disk-full", share: 0.5 }, { times: 1 });
  const full = await booted(out, alice, debian, verifyUserData(verifyJob));
  expect(likelyCause(await consoleOf(alice, full))).toBe("its disk is full");
});

test("a slow one is heard bit by bit, over minutes; one that prints garbage prints something new for ever, at most 100 KiB", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.misbehaviours.add({ kind: "slow", ms: 20 * 60_000 }, { times: 1 });
  const slow = await booted(out, alice, demoIds.images["debian-12"], verifyUserData(verifyJob));
  const lengths = [];
  for (let minute = 0; minute < 20; minute += 5) {
    expect(hearVerify(await consoleOf(alice, slow), nonce).kind).not.toBe("report");
    lengths.push((await consoleOf(alice, slow)).length);
    out.clock.advance(5 * 60_000);
  }
  expect(new Set(lengths).size).toBe(4);
  expect(hearVerify(await consoleOf(alice, slow), nonce).kind).toBe("report");

  out.cloud.misbehaviours.add({ kind: "garbage" }, { times: 1 });
  const garbage = await booted(out, alice, demoIds.images["debian-12"], verifyUserData(verifyJob));
  const seen = new Set<string>();
  for (let minute = 0; minute < 3; minute++) {
    seen.add(await consoleOf(alice, garbage));
    out.clock.advance(3_600_000);
  }
  expect(seen.size).toBe(3);
  for (const console of seen) {
    expect(Buffer.byteLength(console)).toBeLessThanOrEqual(100 * 1024);
    expect(hearVerify(console, nonce)).toEqual({ kind: "silence" });
  }
});
