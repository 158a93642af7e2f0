// A disk of its own: a file, a loop device, a file system, mounted. As root; it is never skipped.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type FileSystem = keyof typeof make;

const make = {
  ext4: ["mkfs.ext4", "-q", "-F"],
  /** As mkfs makes small ones, for /boot. */
  "ext4 in blocks of 1 KiB": ["mkfs.ext4", "-q", "-F", "-b", "1024"],
  "ext4 without a journal": ["mkfs.ext4", "-q", "-F", "-O", "^has_journal"],
  "ext4 with inline data": ["mkfs.ext4", "-q", "-F", "-O", "inline_data"],
  xfs: ["mkfs.xfs", "-q"],
  btrfs: ["mkfs.btrfs", "-q", "-f"],
} as const;

export interface LoopDisk {
  /** The raw bytes of the disk. */
  readonly file: string;
  readonly mountPoint: string;
  /** Writes all of it out and takes it off the mount point, so that `file` is what an image would be. */
  readonly unmount: () => void;
  readonly remove: () => void;
}

export function loopDisk(fileSystem: FileSystem, sizeMib: number): LoopDisk {
  if (process.getuid?.() !== 0) throw new Error("test:guests mounts disks: run it as root");
  const folder = mkdtempSync(join(tmpdir(), "loop-disk-"));
  const file = join(folder, "disk.raw");
  const mountPoint = join(folder, "mounted");
  mkdirSync(mountPoint);
  run("truncate", "-s", `${sizeMib}M`, file);
  const [program, ...options] = make[fileSystem];
  run(program, ...options, file);
  run("mount", "-o", "loop", file, mountPoint);
  let mounted = true;
  const unmount = () => {
    if (mounted) run("umount", mountPoint);
    mounted = false;
  };
  return {
    file,
    mountPoint,
    unmount,
    remove() {
      unmount();
      rmSync(folder, { recursive: true });
    },
  };
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
}
