// `clean` on trees like guests: nothing of the owner is left, nothing else is touched, and it says what it did.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { hearClean, likelyCause } from "./console.ts";
import { type GuestTree, guestTree, type Layout } from "./guest-tree.ts";
import { debian, ownersThings, redHat, ubuntu } from "./layouts.ts";
import type { CleanReport } from "./report.ts";
import { type CleanJob, cleanScript } from "./user-data.ts";

const canary = "c4n4ry-5d0f2b6e";
const nonce = "0123456789abcdef";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const trees: GuestTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.remove();
});

function tree(...layouts: Layout[]): GuestTree {
  const made = guestTree(...layouts);
  trees.push(made);
  return made;
}

function clean(guest: GuestTree, job: Partial<CleanJob> = {}): CleanReport {
  guest.run(cleanScript({ nonce, excludePaths: [], keepPaths: [], keptSystemFiles: [], ...job }));
  const heard = hearClean(guest.console(), nonce);
  if (heard.kind !== "report") throw new Error(`no report: ${JSON.stringify(heard)}`);
  return heard.report;
}

describe.each([
  ["Debian", debian],
  ["Ubuntu", ubuntu],
  ["Red Hat", redHat],
])("a tree laid out like %s", (_family, layout) => {
  test("no canary is left, and what the image is for is there", () => {
    const guest = tree(ownersThings(canary), layout);
    expect(guest.find(canary).length).toBeGreaterThan(30);
    const report = clean(guest);
    expect(guest.find(canary)).toEqual([]);
    expect(guest.read("/opt/trinity/bin/trinity")).toContain("echo kept");
    expect(guest.read("/var/lib/cloud/scripts/per-boot/10-tune")).toBe("#!/bin/sh\n");
    for (const folder of ["/home", "/root", "/mnt", "/tmp"])
      expect(statSync(join(guest.root, folder)).isDirectory()).toBe(true);
    expect(guest.paths().filter((path) => /^\/(home|root|mnt|tmp|var\/tmp)\/./.test(path))).toEqual([]);
    expect(report.removed.items).toContainEqual({ path: "/home", files: 3, bytes: expect.any(Number) });
    expect(report.accounts.items.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "alice removed",
      "bob removed",
    ]);
    expect(
      guest
        .read("/etc/passwd")
        .split("\n")
        .map((line) => line.split(":")[0]),
    ).toEqual(["root", "daemon", "nobody", ""]);
    expect(guest.read("/etc/shadow")).toBe("root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n");
    expect(guest.read("/etc/group")).toBe("root:x:0:\nusers:x:100:daemon\n");
    expect(guest.read("/etc/gshadow")).toBe("root:*::\nusers:*::\n");
    expect(guest.read("/etc/machine-id")).toBe("");
    expect(guest.read("/etc/hosts")).toMatch(/^127\.0\.0\.1 localhost\n/);
    expect(report.problems.filter((problem) => !problem.includes("packages are not known"))).toEqual([]);
  });
});

test("what the source was is told before it is gone", () => {
  const report = clean(tree(ownersThings(canary), debian));
  expect(report).toMatchObject({
    os: { id: "debian", versionId: "12", prettyName: "Debian GNU/Linux 12 (bookworm)" },
    machineIdHash: sha256("0123456789abcdef0123456789abcdef\n"),
    hostKeyHashes: [sha256(`ssh-ed25519 ${canary}\n`)],
    guestAgent: "installed",
    cloudInit: { version: "22.4.2-1" },
    freeSpace: [{ mountPoint: "/", fileSystem: "folder", road: "none", bytes: 0, promised: false }],
  });
});

test("of fstab only the root disk's own stays", () => {
  const guest = tree(ownersThings(canary), debian);
  clean(guest);
  expect(guest.read("/etc/fstab")).toBe(
    "# /etc/fstab\nUUID=11111111-2222-3333-4444-555555555555 / ext4 rw,discard 0 1\nUUID=AAAA-BBBB /boot/efi vfat defaults 0 0\n",
  );
});

test("sshd's settings are the package's own again, its drop-ins those of packages", () => {
  const guest = tree(ownersThings(canary), debian);
  clean(guest);
  expect(guest.read("/etc/ssh/sshd_config")).toBe(guest.read("/usr/share/openssh/sshd_config"));
  const other = tree(ownersThings(canary), redHat);
  clean(other);
  expect(other.read("/etc/ssh/sshd_config")).toContain("Include /etc/ssh/sshd_config.d/*.conf");
  expect(other.paths().filter((path) => path.startsWith("/etc/ssh/"))).toEqual([
    "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d",
    "/etc/ssh/sshd_config.d/50-redhat.conf",
  ]);
});

test("what dnf and dnf5 keep of commands and packages goes, what they need stays", () => {
  const guest = tree(redHat);
  expect(guest.find("proxy_password")).toHaveLength(4);
  clean(guest);
  expect(guest.paths().filter((path) => /sqlite|x\.(rpm|solv)$/.test(path))).toEqual([
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
  ]);
  expect(guest.read("/usr/lib/sysimage/libdnf5/packages.toml")).toBe("[packages]\n");
});

test("where the disk is named as virtio's is told, with the place", () => {
  expect(clean(tree(debian)).namesVirtioDisk).toEqual([]);
  expect(clean(tree(ubuntu)).namesVirtioDisk).toEqual(["/boot/grub/grub.cfg:1: linux /vmlinuz root=/dev/vda1 ro"]);
  expect(clean(tree(redHat)).namesVirtioDisk).toEqual([
    "/boot/loader/entries/abc.conf:1: options root=/dev/vda4 ro console=ttyS0",
  ]);
});

const hostile = [
  "with space",
  'quote\'s and "double"',
  "new\nline",
  "$(touch pwned)`id`",
  "*?[a-z]",
  "-rf",
  "back\\slash\\0101",
  "ünïcode 漢",
  "\ttab ; rm -rf * #",
  ".hidden",
];

test("hostile names are removed where they are to be, and only they", () => {
  const layout: Record<string, string> = {};
  for (const name of hostile) {
    layout[`/home/alice/${name}`] = canary;
    layout[`/opt/out/${name}`] = canary;
    layout[`/opt/out/folder ${name}/x`] = canary;
    layout[`/opt/stays/${name}`] = "stays";
  }
  const guest = tree(debian, layout);
  const excludePaths = hostile.flatMap((name) => [`/opt/out/${name}`, `/opt/out/folder ${name}`]);
  const report = clean(guest, { excludePaths });
  expect(guest.find(canary)).toEqual([]);
  expect(guest.paths().filter((path) => path.startsWith("/opt/out/"))).toEqual([]);
  expect(guest.find("stays").sort()).toEqual(["/opt/stays", ...hostile.map((name) => `/opt/stays/${name}`)].sort());
  expect(report.excluded.items.map(({ path, outcome, files, bytes }) => ({ path, outcome, files, bytes }))).toEqual(
    excludePaths.map((path) => ({ path, outcome: "removed", files: 1, bytes: canary.length })),
  );
  expect(existsSync("pwned")).toBe(false);
});

test("symlinks lead nowhere out of the tree, and the guest's own are followed as the guest would", () => {
  const outside = tree({ "/victim/home/x": "outside", "/victim/etc/hosts": "outside" });
  const guest = tree(debian, {
    "/home": "-> /srv/home",
    "/srv/home/alice/x": canary,
    "/mnt": `-> ${outside.root}/victim/home`,
    "/tmp": "-> ../../../../../../../../..",
    "/root/link": `-> ${outside.root}/victim/home/x`,
    "/etc/hosts": `-> ${outside.root}/victim/etc/hosts`,
    "/var/log": `-> ${outside.root}/victim`,
    "/opt/way": "-> /srv/there",
    "/srv/there/secret": canary,
    "/opt/system": "-> /usr",
    "/opt/round": "-> round",
    "/opt/out": `-> ${outside.root}/victim/home/x`,
  });
  const report = clean(guest, { excludePaths: ["/opt/way/secret", "/opt/system/sbin", "/opt/round/x", "/opt/out"] });
  expect(outside.paths()).toEqual(["/victim", "/victim/etc", "/victim/etc/hosts", "/victim/home", "/victim/home/x"]);
  expect(outside.find("outside")).toHaveLength(2);
  expect(guest.find(canary)).toEqual([]);
  // /tmp led to the root itself: the guest is whole all the same.
  expect(existsSync(join(guest.root, "usr/sbin/qemu-ga"))).toBe(true);
  expect(report.problems).toContain("/tmp is a symlink to /, which the system needs: left as it is");
  expect(report.excluded.items.map(({ outcome, why }) => [outcome, why])).toEqual([
    ["removed", ""],
    ["refused", "it is, or leads to, /usr/sbin, which the system needs"],
    ["refused", "its symlinks go round in circles"],
    ["removed", ""],
  ]);
});

test("what is excluded and absent, and what is needed, is told", () => {
  const guest = tree(debian);
  const report = clean(guest, { excludePaths: ["/opt/none", "/etc", "/"] });
  expect(report.excluded.items.map(({ outcome }) => outcome)).toEqual(["absent", "refused", "refused"]);
  expect(guest.read("/etc/passwd")).toContain("root");
});

test("what staff approved to keep is kept, its neighbours are not; system files likewise", () => {
  const guest = tree(ownersThings(canary), debian, {
    "/home/shared/course [1]*/data": "lecture",
    "/home/shared/other": canary,
    "/etc/hosts": "10.0.0.1 licence-server\n",
    "/etc/hostname": "localhost\n",
  });
  const report = clean(guest, { keepPaths: ["/home/shared/course [1]*"], keptSystemFiles: ["/etc/hosts"] });
  expect(guest.read("/home/shared/course [1]*/data")).toBe("lecture");
  expect(guest.paths().filter((path) => path.startsWith("/home/"))).toEqual([
    "/home/shared",
    "/home/shared/course [1]*",
    "/home/shared/course [1]*/data",
  ]);
  expect(guest.read("/etc/hosts")).toBe("10.0.0.1 licence-server\n");
  expect(report.kept).toEqual(["/home/shared/course [1]*"]);
  expect(report.systemFiles.items).toContainEqual({ path: "/etc/hosts", outcome: "kept" });
  expect(guest.find(canary)).toEqual([]);
});

test("accounts that staff approved to stay are locked, and no hash of theirs stays in any copy", () => {
  const guest = tree(ownersThings(canary), debian, {
    "/var/backups/shadow.bak": `alice:$6$${canary}:19000::::::\n`,
    "/etc/security/opasswd": `alice:1000:1:$6$${canary}\n`,
  });
  const before = guest.read("/etc/passwd");
  const report = clean(guest, { keptSystemFiles: ["/etc/passwd/", "/etc/ssh"] });
  expect(guest.read("/etc/passwd")).toBe(before);
  expect(report.accounts.items.map(({ name, outcome, why }) => [name, outcome, why])).toEqual([
    ["alice", "locked", "/etc/passwd stays as it is, as approved"],
    ["bob", "locked", "/etc/passwd stays as it is, as approved"],
  ]);
  expect(guest.read("/etc/shadow")).toMatch(/^alice:!\*:.*\nbob:!\*:/m);
  // sshd's settings stay as approved, the machine's own keys do not.
  expect(guest.find(canary)).toEqual(["/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/99-mine.conf"]);
  expect(guest.paths().filter((path) => path.includes("ssh_host_"))).toEqual([]);
  expect(guest.read("/etc/group")).toContain("alice:x:1000:\nbob:x:1001:\nlab:x:1500:alice,bob\n");
});

test("an account that a unit or a crontab names is locked, not removed; no password is set", () => {
  const guest = tree(ownersThings(canary), debian, {
    "/etc/systemd/system/web.service": "[Service]\nUser=alice\nExecStart=/opt/web\n",
    "/etc/cron.d/job": "SHELL=/bin/sh\n5 * * * * bob /opt/job\n",
  });
  const report = clean(guest);
  expect(report.accounts.items).toEqual([
    { name: "alice", uid: 1000, outcome: "locked", why: "a unit runs as it: /etc/systemd/system/web.service" },
    { name: "bob", uid: 1001, outcome: "locked", why: "a crontab runs as it: /etc/cron.d/job" },
  ]);
  expect(guest.read("/etc/passwd")).toContain("\nalice:x:1000:1000::/home/alice:/bin/bash\n");
  expect(guest.read("/etc/shadow")).toMatch(/^alice:!\*:.*\nbob:!\*:/m);
  expect(guest.find(canary)).toEqual([]);
});

test("a file with another name outside lives on there, unharmed", () => {
  const guest = tree(debian, { "/opt/pkgs/lib.so": "shared", "/srv/mirror/own.deb": "shared" });
  mkdirSync(join(guest.root, "home/alice/env"), { recursive: true });
  linkSync(join(guest.root, "opt/pkgs/lib.so"), join(guest.root, "home/alice/env/lib.so"));
  writeFileSync(join(guest.root, "home/alice/own"), canary);
  linkSync(join(guest.root, "srv/mirror/own.deb"), join(guest.root, "var/cache/apt/archives/own.deb"));
  linkSync(join(guest.root, "home/alice/own"), join(guest.root, "home/alice/own-too"));
  clean(guest);
  expect(guest.read("/opt/pkgs/lib.so")).toBe("shared");
  expect(guest.read("/srv/mirror/own.deb")).toBe("shared");
  expect(guest.find("own.deb")).toEqual(["/srv/mirror/own.deb"]);
  expect(guest.paths().filter((path) => path.startsWith("/home/"))).toEqual([]);
});

test("post-scripts: each is checked, wrong ones are named, and the hook is there", () => {
  const script = (mode: number, first = "#!/bin/bash"): readonly [string, number] => [`${first}\necho hi\n`, mode];
  const guest = tree(debian, {
    "/etc/atmo/post-scripts.d/": ["", 0o755],
    "/etc/atmo/post-scripts.d/10-good": script(0o755),
    "/etc/atmo/post-scripts.d/20-sh": script(0o755, "#!/bin/sh"),
    "/etc/atmo/post-scripts.d/30-mode": script(0o644),
    "/opt/tools/setup": script(0o755),
    "/etc/atmo/post-scripts.d/40-link": "-> /opt/tools/setup",
    "/home/alice/mine": script(0o755),
    "/etc/atmo/post-scripts.d/50-dangles": "-> /home/alice/mine",
    "/etc/atmo/post-scripts.d/60-folder/": "",
  });
  const { postScripts } = clean(guest);
  // Made by whoever runs the test, who need not be root.
  const problems = Object.fromEntries(postScripts.scripts.map(({ name, problems }) => [name, problems]));
  expect(postScripts.folderProblems).toEqual([]);
  expect(problems).toEqual({
    "10-good": [],
    "20-sh": ["its first line is not #!/bin/bash"],
    "30-mode": ["has mode 644, not 755"],
    "40-link": [],
    "50-dangles": ["is a symlink to what is not in the image"],
    "60-folder": ["is not a file"],
  });
  expect(statSync(join(guest.root, "usr/local/sbin/atmo-post-scripts")).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(guest.root, "etc/systemd/system/multi-user.target.wants/atmo-post-scripts.service"))).toBe(
    "../atmo-post-scripts.service",
  );
});

test("a post-scripts folder with the wrong mode is named", () => {
  expect(clean(tree(debian, { "/etc/atmo/post-scripts.d/": ["", 0o700] })).postScripts).toEqual({
    folderProblems: ["has mode 700, not 755"],
    scripts: [],
  });
  expect(clean(tree(debian)).postScripts).toEqual({ folderProblems: [], scripts: [] });
});

test("secrets elsewhere are named by path and kind, never by content", () => {
  const secret = "s3cr3t-value";
  const guest = tree(debian, {
    "/opt/app/server key.pem": `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n`,
    "/opt/app/new\nline.key": `-----BEGIN PRIVATE KEY-----\n${secret}\n`,
    "/opt/app/.netrc": `machine x login y password ${secret}\n`,
    "/srv/.kube/config": secret,
    "/srv/deploy/clouds.yaml": `password: ${secret}\n`,
    "/etc/app.conf": `aws_secret_access_key = ${secret}\n`,
    "/opt/app/README": "nothing here\n",
    "/opt/web/.htpasswd": `alice:$apr1$${secret}\n`,
    "/srv/seed.yaml": `users:\n  - passwd: "$6$${secret}"\n`,
    "/opt/lib/test_hashes.py": `hash = "$6$rounds=10$${secret}"\n`,
    "/usr/share/doc/x/example.pem": `-----BEGIN PRIVATE KEY-----\n${secret}\n`,
  });
  const report = clean(guest);
  expect(report.secrets.items).toEqual(
    expect.arrayContaining([
      { path: "/opt/app/server key.pem", kind: "private-key" },
      { path: "/opt/app/new\nline.key", kind: "private-key" },
      { path: "/opt/app/.netrc", kind: "netrc" },
      { path: "/srv/.kube/config", kind: "kubeconfig" },
      { path: "/srv/deploy/clouds.yaml", kind: "openstack-credentials" },
      { path: "/etc/app.conf", kind: "cloud-credentials" },
      { path: "/opt/web/.htpasswd", kind: "password-hash" },
      { path: "/srv/seed.yaml", kind: "password-hash" },
    ]),
  );
  expect(report.secrets.items).toHaveLength(8);
  expect(JSON.stringify(report)).not.toContain(secret);
});

test("a second cleaning of what is clean finds nothing to remove and changes nothing", () => {
  const guest = tree(ownersThings(canary), debian);
  clean(guest);
  const contents = () =>
    guest
      .paths()
      .map((path) =>
        lstatSync(join(guest.root, path)).isFile() ? `${path} ${readFileSync(join(guest.root, path), "latin1")}` : path,
      );
  const before = contents();
  guest.forget();
  const report = clean(guest);
  expect(contents()).toEqual(before);
  expect(report.accounts.items).toEqual([]);
});

test("what could not be done is told, in its words", () => {
  const guest = tree(debian);
  const script = cleanScript({ nonce, excludePaths: [], keepPaths: [], keptSystemFiles: [] });
  const failing = script.replace(/main "\$@"\n$/, 'find_ground; read_job_of_clean; give_up "the disk is broken"\n');
  expect(() => guest.run(failing)).toThrow(/Command failed/);
  expect(hearClean(guest.console(), nonce)).toEqual({ kind: "failed", why: "the disk is broken" });
});

test("a guest without the tools that the script needs is named as such, untouched", () => {
  const guest = tree(ownersThings(canary), debian);
  const before = guest.paths();
  const bin = join(guest.root, "../bin");
  mkdirSync(bin);
  for (const tool of ["id", "mktemp", "cat", "rm", "gzip", "base64", "sha256sum", "find", "xargs", "fold"])
    symlinkSync(execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(), join(bin, tool));
  const script = cleanScript({ nonce, excludePaths: [], keepPaths: [], keptSystemFiles: [] });
  expect(() => guest.run(script, { shell: "/bin/sh", env: { PATH: bin } })).toThrow(/Command failed/);
  expect(guest.paths()).toEqual(before);
  expect(hearClean(guest.console(), nonce)).toEqual({ kind: "silence" });
  expect(likelyCause(guest.console())).toBe("it lacks tools that the script needs: awk stat");
});
