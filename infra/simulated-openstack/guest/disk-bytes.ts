// A disk's tree as bytes: an archive in which names and contents stand as they are.
import { spawnSync } from "node:child_process";
import type { Disks } from "./disks.ts";

const maxBytes = 256 * 2 ** 20;

/** The same each time, as long as the tree is; undefined where the disk has none. */
export function treeBytes(disks: Disks, key: string): Buffer | undefined {
  if (!disks.has(key)) return undefined;
  const { status, stdout, stderr } = spawnSync("tar", ["-C", disks.pathOf(key), "--sort=name", "-cf", "-", "."], {
    maxBuffer: maxBytes,
  });
  if (status !== 0) throw new Error(`disk ${key} cannot be read: ${stderr}`);
  return stdout;
}
