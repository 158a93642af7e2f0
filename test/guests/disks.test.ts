// What can be read in the raw bytes of a disk after `clean`: of what it removed, and of what was deleted before.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hearClean } from "../../lib/guest/console.ts";
import type { CleanReport } from "../../lib/guest/report.ts";
import { cleanScript } from "../../lib/guest/user-data.ts";
import { countInBytes } from "../real/canaries.ts";
import { type FileSystem, type LoopDisk, loopDisk } from "./loop-disk.ts";

const nonce = "0123456789abcdef";
const smallFiles = 300;
const canary = () => randomBytes(16).toString("hex");
const notes = mkdtempSync(join(tmpdir(), "disks-"));
let disk: LoopDisk | undefined;
afterEach(() => {
  disk?.remove();
  disk = undefined;
});
afterAll(() => rmSync(notes, { recursive: true }));

/** Everything that is counted, planted as an owner would leave it. */
function plant(at: string) {
  const is = {
    removed: canary(),
    removedName: canary(),
    excluded: canary(),
    deleted: canary(),
    deletedName: canary(),
    deletedLarge: canary(),
    kept: canary(),
  };
  for (const folder of ["home/alice", "opt/out", "srv/before", "etc", "opt/kept", "tmp"])
    mkdirSync(join(at, folder), { recursive: true });
  for (let n = 0; n < smallFiles; n++) {
    writeFileSync(join(at, `home/alice/${n}`), `${is.removed}\n`.repeat((n % 5) + 1));
    writeFileSync(join(at, `srv/before/${n}-${is.deletedName}`), `${is.deleted}\n`.repeat((n % 5) + 1));
    writeFileSync(join(at, `opt/kept/${n}`), is.kept);
  }
  writeFileSync(join(at, `home/alice/${is.removedName}`), "x");
  // Harder to remove: one that nobody may change, one longer than the disk but for its holes, one with two names.
  writeFileSync(join(at, "home/alice/immutable"), is.removed);
  execFileSync("chattr", ["+i", join(at, "home/alice/immutable")]);
  const sparse = openSync(join(at, "home/alice/sparse"), "w");
  for (const mib of [0, 700, 2000]) writeSync(sparse, is.removed, mib * 1024 * 1024);
  closeSync(sparse);
  writeFileSync(join(at, "home/alice/two"), is.removed);
  linkSync(join(at, "home/alice/two"), join(at, "home/alice/names"));
  writeFileSync(join(at, "opt/out/it's"), is.excluded);
  writeFileSync(join(at, "srv/before/large"), `${is.deletedLarge}\n`.repeat(200_000));
  execFileSync("sync", ["-f", at]);
  rmSync(join(at, "srv/before"), { recursive: true });
  execFileSync("sync", ["-f", at]);
  return is;
}

async function cleaned(fileSystem: FileSystem, sizeMib: number) {
  disk = loopDisk(fileSystem, sizeMib);
  const planted = plant(disk.mountPoint);
  const report = cleanOf(disk, fileSystem);
  for (let n = 0; n < smallFiles; n++)
    expect(readFileSync(join(disk.mountPoint, `opt/kept/${n}`), "utf8")).toBe(planted.kept);
  disk.unmount();
  const counts = await countInBytes(disk.file, Object.values(planted));
  const left = Object.fromEntries(Object.entries(planted).map(([what, text]) => [what, counts[text]])) as Record<
    keyof typeof planted,
    number
  >;
  globalThis.console.log(fileSystem, JSON.stringify(left));
  return { report, left };
}

function cleanOf(disk: LoopDisk, name: string, env: Record<string, string> = {}): CleanReport {
  const script = join(notes, "clean.sh");
  const console = join(notes, `console-${name}`);
  writeFileSync(script, cleanScript({ nonce, excludePaths: ["/opt/out/it's"], keepPaths: [], keptSystemFiles: [] }));
  execFileSync("sh", [script], {
    env: {
      PATH: process.env.PATH,
      DARKROOM_ROOT: disk.mountPoint,
      DARKROOM_DISK: "1",
      DARKROOM_CONSOLE: console,
      DARKROOM_ONCE: "1",
      ...env,
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const heard = hearClean(readFileSync(console, "latin1"), nonce);
  if (heard.kind !== "report") throw new Error(`no report: ${JSON.stringify(heard)}`);
  return heard.report;
}

const freeSpaceOf = ({ freeSpace }: CleanReport) => freeSpace[0];

test.each<[FileSystem, number]>([
  ["ext4", 512],
  ["ext4 in blocks of 1 KiB", 256],
  ["ext4 without a journal", 256],
])(
  "%s: nothing is left, neither of what was removed nor of what was deleted before; so it is promised",
  async (fileSystem, sizeMib) => {
    const { report, left } = await cleaned(fileSystem, sizeMib);
    expect(left).toEqual({
      removed: 0,
      removedName: 0,
      excluded: 0,
      deleted: 0,
      deletedName: 0,
      deletedLarge: 0,
      kept: expect.any(Number),
    });
    expect(left.kept).toBeGreaterThanOrEqual(smallFiles);
    expect(freeSpaceOf(report)).toMatchObject({ fileSystem: "ext4", road: "fill", promised: true, why: "" });
    expect(freeSpaceOf(report)?.bytes).toBeGreaterThan(sizeMib * 0.6 * 1024 * 1024);
  },
);

test("ext4: what was deleted where a living file has blocks reserved but not written is gone too, and the file is as it was", async () => {
  disk = loopDisk("ext4", 256);
  const at = disk.mountPoint;
  const [deleted, written] = [canary(), canary()];
  mkdirSync(join(at, "srv/before"), { recursive: true });
  mkdirSync(join(at, "opt"));
  for (let n = 0; n < 50; n++) writeFileSync(join(at, `srv/before/${n}`), `${deleted}\n`.repeat(100_000));
  execFileSync("sync", ["-f", at]);
  rmSync(join(at, "srv/before"), { recursive: true });
  execFileSync("sync", ["-f", at]);
  // As databases and disk images do; one reserves what lies behind its end.
  const files = ["opt/data", "opt/new\nline 0: 0.. 9: unwritten", "opt/behind its end"].map((name) => join(at, name));
  for (const file of files) writeFileSync(file, written.repeat(1000));
  for (const file of files.slice(0, 2)) execFileSync("fallocate", ["-l", `${80 * 1024 * 1024 + 77}`, file]);
  execFileSync("fallocate", ["-n", "-l", "60M", files[2] ?? ""]);
  const asItIs = (file: string) => [
    createHash("sha256").update(readFileSync(file)).digest("hex"),
    statSync(file).size,
    statSync(file).mtimeMs,
  ];
  const before = files.map(asItIs);
  const report = cleanOf(disk, "preallocated");
  expect(files.map(asItIs)).toEqual(before);
  disk.unmount();
  const counts = await countInBytes(disk.file, [deleted, written]);
  expect(counts).toEqual({ [deleted]: 0, [written]: 3000 });
  expect(freeSpaceOf(report)).toMatchObject({ promised: true, why: "" });
});

test("ext4 without filefrag: what lies under reserved blocks cannot be found, so nothing is promised", async () => {
  disk = loopDisk("ext4", 64);
  const programs = join(notes, "programs");
  mkdirSync(programs);
  for (const folder of ["/usr/bin", "/usr/sbin"])
    for (const name of readdirSync(folder))
      if (name !== "filefrag" && !existsSync(join(programs, name)))
        symlinkSync(join(folder, name), join(programs, name));
  const report = cleanOf(disk, "no-filefrag", { PATH: programs });
  expect(freeSpaceOf(report)).toMatchObject({
    road: "fill",
    promised: false,
    why: expect.stringContaining("filefrag could not be asked"),
  });
});

test("ext4 with inline data: small files lie where nothing can be filled; not promised", async () => {
  const { report, left } = await cleaned("ext4 with inline data", 256);
  expect(left.deletedLarge).toBe(0);
  expect(freeSpaceOf(report)).toMatchObject({
    road: "fill",
    promised: false,
    why: expect.stringContaining("inside of its inodes"),
  });
});

test("xfs: what was removed is overwritten; what was deleted before is not promised", async () => {
  const { report, left } = await cleaned("xfs", 512);
  expect(left).toMatchObject({ removed: 0, excluded: 0, deletedLarge: 0 });
  expect(freeSpaceOf(report)).toMatchObject({
    fileSystem: "xfs",
    road: "fill",
    promised: false,
    why: expect.stringContaining("xfs keeps reservations"),
  });
});

test("btrfs: nothing can be promised, and that is said", async () => {
  const { report } = await cleaned("btrfs", 512);
  expect(freeSpaceOf(report)).toMatchObject({
    fileSystem: "btrfs",
    road: "none",
    promised: false,
    why: expect.stringContaining("btrfs writes"),
  });
});
