// The state on disk: a file that is always whole, because it is written beside and renamed.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Contents } from "./image/contents.ts";
import { broughtUpToDate } from "./older-state.ts";
import type { CloudState } from "./state.ts";

/** What a former process left, or undefined where there is no file. A file that cannot be read is an error that names it: starting afresh would lose it. */
export function readDataFile(path: string, contents: Contents): CloudState | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return broughtUpToDate(JSON.parse(readFileSync(path, "utf8")), contents);
  } catch (cause) {
    throw new Error(`${path} is not the data file of a simulated cloud`, { cause });
  }
}

export function writeDataFile(path: string, state: CloudState): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  const file = openSync(beside, "w", 0o600);
  try {
    writeSync(file, JSON.stringify(state));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
