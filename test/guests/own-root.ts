// A disk with partitions whose first is the root that the script runs in, as in a guest: namespaces of its own, the script as on a
// running system. What of it is not ours (programs, the kernel's file systems) is mounted on it. As root; it is never skipped.
import { execFileSync } from "node:child_process";
import { closeSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { hearClean } from "../../lib/guest/console.ts";
import type { CleanReport } from "../../lib/guest/report.ts";
import { type CleanJob, cleanScript } from "../../lib/guest/user-data.ts";

const nonce = "0123456789abcdef";

/** A partition beside the root's: its mount point, or what else it is. Sizes in MiB. */
export interface Partition {
  readonly use: "swap" | `/${string}`;
  readonly sizeMib: number;
}

export interface OwnRoot {
  /** The raw bytes of the whole disk. */
  readonly file: string;
  /** Where a path of the guest is from outside, while it is mounted. */
  readonly place: (path: string) => string;
  /** Puts a file there, folders and all. */
  readonly plant: (path: string, text: string) => void;
  /** The block device of a partition, by its use. */
  readonly device: (use: Partition["use"]) => string;
  /** Runs `boot` (shell, what the guest did before us), then the clean-up as on a running system, then `after`, which must succeed. */
  readonly clean: (boot: string, options?: { job?: Partial<CleanJob>; after?: string }) => CleanReport;
  /** Writes all of it out and takes it off, so that `file` is what an image would be. */
  readonly unmount: () => void;
  readonly remove: () => void;
}

export function ownRoot(sizeMib: number, ...partitions: Partition[]): OwnRoot {
  if (process.getuid?.() !== 0) throw new Error("test:guests mounts disks: run it as root");
  const folder = mkdtempSync(join(tmpdir(), "own-root-"));
  const file = join(folder, "disk.raw");
  const root = join(folder, "root");
  mkdirSync(root);
  const all = [{ use: "/", sizeMib }, ...partitions];
  run("truncate", "-s", `${all.reduce((sum, each) => sum + each.sizeMib, 0) + 2}M`, file);
  const table = ["label: dos", ...all.map((each) => `size=${each.sizeMib}MiB`)].join("\n");
  execFileSync("sfdisk", ["-q", file], { input: table, stdio: ["pipe", "ignore", "inherit"] });
  const loop = run("losetup", "--partscan", "--find", "--show", file).trim();
  // For a kernel that reads no partition tables itself.
  run("partx", "--update", loop);
  const device = (use: string) => `${loop}p${all.findIndex((each) => each.use === use) + 1}`;
  const mounted: string[] = [];
  const place = (path: string) => join(root, path);
  for (const { use } of all) {
    if (use === "swap") {
      run("mkswap", device(use));
      continue;
    }
    run("mkfs.ext4", "-q", device(use));
    mkdirSync(place(use), { recursive: true });
    run("mount", device(use), place(use));
    mounted.unshift(place(use));
  }
  for (const path of ["usr", "etc/alternatives", "proc", "sys", "dev", "run", "home", "root", "tmp", "var/log", "opt"])
    mkdirSync(place(path), { recursive: true });
  for (const path of ["bin", "sbin", "lib", "lib32", "lib64", "etc/alternatives/awk"])
    if (lstatSync(`/${path}`, { throwIfNoEntry: false })?.isSymbolicLink()) run("cp", "-P", `/${path}`, place(path));
  writeFileSync(place("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  const unmount = () => {
    for (const point of mounted.splice(0)) run("umount", point);
    run("sync");
  };
  return {
    file,
    place,
    device,
    plant(path, text) {
      mkdirSync(place(join(path, "..")), { recursive: true });
      writeFileSync(place(path), text);
    },
    clean(boot, { job, after = ":" } = {}) {
      const nodes = [basename(loop), ...all.map(({ use }) => basename(device(use)))];
      writeFileSync(join(folder, "enter"), enter(root, nodes, boot, after));
      writeFileSync(
        join(folder, "script"),
        cleanScript({ nonce, excludePaths: [], keepPaths: [], keptSystemFiles: [], ...job }),
      );
      const console = openSync(join(folder, "console"), "a");
      const script = openSync(join(folder, "script"), "r");
      try {
        execFileSync("unshare", ["--mount", "--pid", "--fork", "--kill-child", "sh", join(folder, "enter")], {
          stdio: ["ignore", "inherit", "inherit", console, script],
          env: {
            PATH: process.env.PATH,
            DARKROOM_ALONE: "yes",
            DARKROOM_ONCE: "1",
            DARKROOM_CONSOLE: "/proc/self/fd/3",
          },
        });
      } finally {
        closeSync(console);
        closeSync(script);
      }
      const heard = hearClean(readFileSync(join(folder, "console"), "latin1"), nonce);
      if (heard.kind !== "report") throw new Error(`no report: ${JSON.stringify(heard)}`);
      return heard.report;
    },
    unmount,
    remove() {
      unmount();
      run("losetup", "--detach", loop);
      rmSync(folder, { recursive: true });
    },
  };
}

/** The way into the root: what a kernel and an initramfs do. Swap is the machine's, so what the script left on is turned off. */
function enter(root: string, nodes: readonly string[], boot: string, after: string): string {
  return `set -e
cd ${root}
mount --bind /usr usr
mount -o remount,bind,ro usr
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs dev
cp -a /dev/null /dev/zero /dev/urandom ${nodes.map((name) => `/dev/${name}`).join(" ")} dev/
mkdir -p dev/old run/cloud-init
: >run/cloud-init/result.json
pivot_root . dev/old
umount -l /dev/old
cd /
set +e
( ${boot} ) || exit 1
/bin/sh /proc/self/fd/4 && ( ${after} )
ended=$?
swapoff -a
exit $ended
`;
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
}
