// For tests: canaries put into a tree, and looked for in trees and bytes, in names, links and contents.
import { randomBytes } from "node:crypto";
import {
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

export type Canary = { path: string; text: string };

/** 32 random bytes each, as hex; a file that is there already gets it as a line more. */
export function plantCanaries(root: string, paths: readonly string[]): Canary[] {
  return paths.map((path) => {
    const place = join(root, path);
    const text = randomBytes(32).toString("hex");
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, `${existsSync(place) ? readFileSync(place, "utf8") : ""}${text}\n`);
    return { path, text };
  });
}

/** Where each still is: `CANARY'S PATH in FOUND PATH`; empty: nowhere. */
export function findCanaries(root: string, canaries: readonly Canary[]): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const place = join(entry.parentPath, entry.name);
    const bytes = Buffer.concat([Buffer.from(`${entry.name}\n`), bytesAt(place, entry)]);
    for (const canary of canariesIn(bytes, canaries)) found.push(`${canary} in ${place.slice(root.length)}`);
  }
  return found;
}

/** The paths of those that stand in the bytes: as they are, or in base64 at any of its three offsets. */
export function canariesIn(bytes: Buffer, canaries: readonly Canary[]): string[] {
  return canaries.filter(({ text }) => looks(text).some((look) => bytes.includes(look))).map(({ path }) => path);
}

function looks(text: string): string[] {
  const offsets = [0, 1, 2].map((offset) => {
    const whole = Buffer.from(" ".repeat(offset) + text).toString("base64");
    return whole.slice(4, -4);
  });
  return [text, ...offsets];
}

function bytesAt(place: string, entry: Dirent): Buffer {
  if (entry.isSymbolicLink()) return Buffer.from(readlinkSync(place));
  return lstatSync(place).isFile() ? readFileSync(place) : Buffer.alloc(0);
}
