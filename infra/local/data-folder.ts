// The data folder belongs to one running Darkroom at a time.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Said when another Darkroom has the folder; the message says which and what to do. */
export class DataFolderInUse extends Error {
  override readonly name = "DataFolderInUse";
}

/** Who holds it: where it serves, and where its emulators listen. */
export type Holder = { url: string; endpoints?: { sqs: string; dynamodb: string } };

export type DataFolder = { path: string; note(holder: Holder): void; release(): void };

/**
 * Make the folder if need be and hold it until `release` or the end of this process, however that comes: the lock is the operating
 * system's on an open file (SQLite's own), so a killed process leaves none behind. Throws DataFolderInUse where it is held.
 */
export function holdDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(path, "lock"));
  try {
    lock.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error;
    throw new DataFolderInUse(
      `${path} is in use by ${readHolder(path)}. Stop it, or set DARKROOM_DATA to another folder.`,
    );
  }
  return {
    path,
    note: (holder) => writeFileSync(join(path, "holder.json"), JSON.stringify({ pid: process.pid, ...holder })),
    release: () => lock.close(),
  };
}

/** SQLITE_BUSY: another connection has the lock. */
const sqliteBusy = 5;

/** As it was noted last; whoever noted it may be gone. Throws where nobody ever held the folder. */
export function noteOf(path: string): Holder & { pid: number } {
  return JSON.parse(readFileSync(join(path, "holder.json"), "utf8"));
}

function readHolder(path: string): string {
  try {
    const { pid, url } = noteOf(path);
    return `another Darkroom (process ${pid}, ${url})`;
  } catch {
    return "another Darkroom that is just starting";
  }
}
