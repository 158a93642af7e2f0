// What clients have uploaded, beside the state: in files where the state is in one, else in memory.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Contents {
  put(imageId: string, bytes: Buffer): void;
  get(imageId: string): Buffer | undefined;
  /** Forgets all others. */
  keepOnly(imageIds: (imageId: string) => boolean): void;
  readonly totalBytes: number;
}

export function contentsInMemory(): Contents {
  const kept = new Map<string, Buffer>();
  return {
    put: (imageId, bytes) => kept.set(imageId, bytes),
    get: (imageId) => kept.get(imageId),
    keepOnly(isKept) {
      for (const imageId of kept.keys()) if (!isKept(imageId)) kept.delete(imageId);
    },
    get totalBytes() {
      return [...kept.values()].reduce((sum, { length }) => sum + length, 0);
    },
  };
}

/** One file an image, named by its id, which is checked to be a UUID before an image is made. */
export function contentsInFolder(folder: string): Contents {
  const fileOf = (imageId: string) => join(folder, imageId);
  const stored = () => (existsSync(folder) ? readdirSync(folder) : []);
  return {
    put(imageId, bytes) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(fileOf(imageId), bytes, { mode: 0o600 });
    },
    get: (imageId) => (existsSync(fileOf(imageId)) ? readFileSync(fileOf(imageId)) : undefined),
    keepOnly(isKept) {
      for (const imageId of stored()) if (!isKept(imageId)) rmSync(fileOf(imageId), { force: true });
    },
    get totalBytes() {
      return stored().reduce((sum, imageId) => sum + statSync(fileOf(imageId)).size, 0);
    },
  };
}
