// `verify` on trees like fresh boots of an image: it sees what is wrong, changes nothing, and says what the image holds.
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hearVerify } from "./console.ts";
import { type GuestTree, guestTree, type Layout } from "./guest-tree.ts";
import { judge } from "./judge.ts";
import { debian, ownersThings, redHat } from "./layouts.ts";
import type { VerifyReport } from "./report.ts";
import { cleanScript, type VerifyJob, verifyScript } from "./user-data.ts";

const nonce = "0123456789abcdef";
const trees: GuestTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.remove();
});

function tree(...layouts: Layout[]): GuestTree {
  const made = guestTree(...layouts);
  trees.push(made);
  return made;
}

function verify(guest: GuestTree, job: Partial<VerifyJob> = {}, env: Record<string, string> = {}): VerifyReport {
  guest.run(verifyScript({ nonce, excludePaths: [], keepPaths: [], emptied: true, ...job }), { env });
  const heard = hearVerify(guest.console(), nonce);
  if (heard.kind !== "report") throw new Error(`no report: ${JSON.stringify(heard)}`);
  return heard.report;
}

/** What a boot makes of an image. */
const booted: Layout = {
  "/etc/machine-id": "fedcba9876543210fedcba9876543210\n",
  "/etc/ssh/ssh_host_ed25519_key.pub": "ssh-ed25519 new\n",
  "/var/lib/cloud/data/result.json":
    '{\n "v1": {\n  "datasource": "DataSourceConfigDrive [net,ver=2][source=/dev/sr0]",\n  "errors": []\n }\n}\n',
  "/home/": "",
  "/root/": "",
};

test("a sound boot", () => {
  const guest = tree(debian, booted);
  const before = guest.paths();
  const report = verify(guest);
  expect(guest.paths()).toEqual(before);
  expect(report).toMatchObject({
    os: { id: "debian" },
    guestAgent: "installed",
    cloudInit: { version: "22.4.2-1" },
    cloudInitStatus: { status: "done", datasource: "DataSourceConfigDrive [net,ver=2][source=/dev/sr0]", errors: [] },
    forbidden: { items: [], omitted: 0 },
    accounts: ["alice", "bob"],
    packages: { items: ["cloud-init 22.4.2-1", "qemu-guest-agent 1:7.2"], omitted: 0 },
    rootFileSystem: { fileSystem: "folder", grown: true },
    problems: [],
  });
  expect(judge(report, { guestAgentNeeded: true })).toEqual({ sound: true, stops: [], warnings: [] });
});

test("what should have gone is found: in the emptied folders, and what was excluded; what staff kept is not", () => {
  const guest = tree(debian, booted, {
    "/home/alice/new\nline": "x",
    "/root/.ssh/id_rsa": "x",
    "/home/shared/course/data": "kept",
    "/opt/it's": "x",
  });
  const report = verify(guest, { excludePaths: ["/opt/it's", "/opt/none"], keepPaths: ["/home/shared/course"] });
  expect(report.forbidden.items).toEqual([
    { path: "/home/alice/new\nline", why: "emptied-folder" },
    { path: "/root/.ssh/id_rsa", why: "emptied-folder" },
    { path: "/opt/it's", why: "excluded" },
  ]);
  expect(judge(report, { guestAgentNeeded: false }).stops.map(({ code }) => code)).toEqual([
    "forbidden-path",
    "forbidden-path",
    "excluded-path",
  ]);
  expect(verify(tree(debian, booted, { "/home/alice/x": "x" }), { emptied: false }).forbidden.items).toEqual([]);
});

test("what the boot itself made is not the image's", () => {
  const guest = tree(debian, booted, { "/home/debian/.profile": "made by cloud-init" });
  const mark = join(guest.root, "../booted");
  writeFileSync(mark, "");
  utimesSync(mark, new Date(), new Date(Date.now() - 3_600_000));
  expect(verify(guest, {}, { DARKROOM_BOOTED: mark }).forbidden.items).toEqual([]);
  utimesSync(mark, new Date(), new Date(Date.now() + 3_600_000));
  guest.forget();
  expect(verify(guest, {}, { DARKROOM_BOOTED: mark }).forbidden.items).toHaveLength(1);
});

test("an excluded path that the boot made again was excluded all the same", () => {
  const excludePaths = ["/root/.ssh", "/opt/data"];
  const guest = tree(debian, booted, { "/root/.ssh/authorized_keys": "", "/opt/data/kept": "x" });
  const mark = join(guest.root, "../booted");
  writeFileSync(mark, "");
  // All of it is newer than the boot, then all of it is older.
  utimesSync(mark, new Date(), new Date(Date.now() - 3_600_000));
  expect(verify(guest, { excludePaths }, { DARKROOM_BOOTED: mark }).forbidden.items).toEqual([]);
  utimesSync(mark, new Date(), new Date(Date.now() + 3_600_000));
  guest.forget();
  expect(verify(guest, { excludePaths }, { DARKROOM_BOOTED: mark }).forbidden.items).toEqual(
    expect.arrayContaining(excludePaths.map((path) => ({ path, why: "excluded" }))),
  );
});

test("how post-scripts ended", () => {
  const script = ["#!/bin/bash\n", 0o755] as const;
  const report = verify(
    tree(debian, booted, {
      "/etc/atmo/post-scripts.d/10-good": script,
      "/etc/atmo/post-scripts.d/20-bad": script,
      "/etc/atmo/post-scripts.d/30-slow": script,
      "/etc/atmo/post-scripts.d/40-not run": script,
      "/var/log/atmo/post-scripts/10-good.status": "exit 0\n",
      "/var/log/atmo/post-scripts/10-good.log": `${"x".repeat(2000)}end\n`,
      "/var/log/atmo/post-scripts/20-bad.status": "exit 3\n",
      "/var/log/atmo/post-scripts/20-bad.log": "no\tsuch\u0007thing\n",
      "/var/log/atmo/post-scripts/30-slow.status": "timeout 124\n",
    }),
  );
  expect(report.postScripts).toEqual([
    { name: "10-good", exitStatus: 0, timedOut: false, outputEnd: `${"x".repeat(496)}end\n` },
    { name: "20-bad", exitStatus: 3, timedOut: false, outputEnd: "no\tsuch\u0007thing\n" },
    { name: "30-slow", exitStatus: null, timedOut: true, outputEnd: "" },
    { name: "40-not run", exitStatus: null, timedOut: false, outputEnd: "" },
  ]);
  expect(judge(report, { guestAgentNeeded: true })).toMatchObject({
    sound: true,
    warnings: [{ code: "post-script-failed" }, { code: "post-script-timeout" }, { code: "post-script-not-run" }],
  });
});

test.each([
  ["never ended", undefined, "running", ["cloud-init-unfinished"]],
  [
    "failed",
    '{\n "v1": {\n  "datasource": "DataSourceConfigDrive",\n  "errors": [\n   "(\'scripts_user\', RuntimeError(\'x\'))",\n   "other"\n  ]\n }\n}',
    "error",
    ["cloud-init-error"],
  ],
  [
    "took no data from the cloud",
    '{\n "v1": {\n  "datasource": "DataSourceNone",\n  "errors": []\n }\n}',
    "done",
    ["cloud-init-datasource"],
  ],
])("cloud-init %s", (_what, result, status, codes) => {
  const { "/var/lib/cloud/data/result.json": _, ...others } = booted;
  const report = verify(
    tree(debian, others, result === undefined ? {} : { "/var/lib/cloud/data/result.json": result }),
  );
  expect(report.cloudInitStatus.status).toBe(status);
  if (status === "error")
    expect(report.cloudInitStatus.errors).toEqual(["('scripts_user', RuntimeError('x'))", "other"]);
  expect(judge(report, { guestAgentNeeded: true }).stops.map(({ code }) => code)).toEqual(codes);
});

test("packages that nobody can list are a problem that is told, not an empty list that looks right", () => {
  const report = verify(tree(redHat, booted, { "/usr/lib/sysimage/rpm/rpmdb.sqlite": "no database" }));
  if (report.packages.items.length === 0) expect(report.problems.join()).toContain("the packages are not known");
});

test("more than fits is cut, and how much is said; the report stays below 64 KiB", () => {
  const status = Array.from(
    { length: 9000 },
    (_, n) =>
      `Package: package-${(n * 7919) % 9973}-${(n * 104729) % 99991}\nStatus: install ok installed\nVersion: ${(n * 15485863) % 32452843}\n`,
  );
  const homes = Object.fromEntries(
    Array.from({ length: 700 }, (_, n) => [`/home/x/${(n * 15485863) % 32452843}`, "x"]),
  );
  const guest = tree(debian, booted, homes, { "/var/lib/dpkg/status": status.join("\n") });
  const report = verify(guest);
  expect(report.packages.items.length + report.packages.omitted).toBe(9000);
  expect(report.packages.items.length).toBeGreaterThan(500);
  expect(report.forbidden.items.length + report.forbidden.omitted).toBe(700);
  const frames = guest
    .console()
    .split("\n")
    .filter((line) => / V \d/.test(line));
  expect(frames.join("\n").length).toBeLessThanOrEqual(64 * 1024);
  expect(Math.max(...frames.map((line) => line.length))).toBeLessThanOrEqual(198);
});

test("cleaned and then booted: sound, by the source's own identity; not cleaned: each of it is a stop", () => {
  const guest = tree(ownersThings("x"), debian);
  const source = verify(guest, { emptied: false });
  const { machineIdHash, hostKeyHashes } = source;
  const expected = {
    guestAgentNeeded: true,
    source: { machineIdHash, hostKeyHashes, postScripts: { folderProblems: [], scripts: [] } },
  };
  guest.forget();
  expect(new Set(judge(verify(guest), expected).stops.map(({ code }) => code))).toEqual(
    new Set(["cloud-init-unfinished", "forbidden-path", "same-machine-id", "same-host-key"]),
  );
  guest.run(cleanScript({ nonce, excludePaths: [], keepPaths: [], keptSystemFiles: [] }));
  for (const [path, text] of Object.entries(booted)) if (!path.endsWith("/")) put(guest, path, text as string);
  guest.forget();
  expect(judge(verify(guest), expected)).toEqual({ sound: true, stops: [], warnings: [] });
});

function put(guest: GuestTree, path: string, text: string): void {
  mkdirSync(join(guest.root, path, ".."), { recursive: true });
  writeFileSync(join(guest.root, path), text);
}
