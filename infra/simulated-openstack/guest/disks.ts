// Disks as directory trees, each in a folder of its own: beside the data file where there is one, else in a temporary folder that ends with the cloud.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk's key is the id of the image or server that has it. */
export class Disks {
  #folder: string | undefined;
  readonly #isTemporary: boolean;

  constructor(folder: string | undefined) {
    this.#folder = folder;
    this.#isTemporary = folder === undefined;
  }

  has(key: string): boolean {
    return this.#folder !== undefined && existsSync(this.pathOf(key));
  }

  pathOf(key: string): string {
    return join(this.folder(), key, "root");
  }

  /** A file as old as the disk's last boot: what is older came with the disk. */
  bootMarkOf(key: string): string {
    return join(this.folder(), key, "booted");
  }

  /** A new tree that `fill` lays; nothing is there unless it was laid whole. */
  make(key: string, fill: (root: string) => void): string {
    const beside = join(this.folder(), `${key}.new`);
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(join(beside, "root"), { recursive: true });
    fill(join(beside, "root"));
    this.remove(key);
    renameSync(beside, join(this.folder(), key));
    return this.pathOf(key);
  }

  /** With modes, owners, times, links and hard links as they are. /run and the like are no part of a disk: a guest has them in memory. */
  copy(from: string, to: string): string {
    return this.make(to, (root) => {
      const { status, stderr } = spawnSync("cp", ["-a", "--reflink=auto", `${this.pathOf(from)}/.`, root]);
      if (status !== 0) throw new Error(`disk ${from} cannot be copied: ${stderr}`);
      emptyFolder(join(root, "run"));
    });
  }

  /** From here on a boot: waits until the file system's clock, which ticks a few milliseconds apart, has gone on, before and after. */
  markBoot(key: string): void {
    const mark = this.bootMarkOf(key);
    nextTick(mark);
    const next = `${mark}.next`;
    nextTick(next);
    rmSync(next);
  }

  remove(key: string): void {
    if (this.#folder !== undefined) rmSync(join(this.#folder, key), { recursive: true, force: true });
  }

  /** A disk lives as long as what has it. */
  keepOnly(isKept: (key: string) => boolean): void {
    if (this.#folder === undefined || !existsSync(this.#folder)) return;
    for (const key of readdirSync(this.#folder)) if (!isKept(key)) this.remove(key);
  }

  close(): void {
    if (!this.#isTemporary || this.#folder === undefined) return;
    rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  folder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "simulated-openstack-disks-"));
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return this.#folder;
  }
}

/** The folder itself stays. */
export function emptyFolder(path: string): void {
  if (!existsSync(path)) return;
  for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true });
}

function nextTick(file: string): void {
  writeFileSync(file, "");
  const { mtimeMs } = statSync(file);
  const probe = `${file}.probe`;
  do writeFileSync(probe, "");
  while (statSync(probe).mtimeMs <= mtimeMs);
  rmSync(probe);
}
