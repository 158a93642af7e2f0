// The zip that Lambda takes: one bundle and its source map, the same bytes for the same content.
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pipeline } from "node:stream/promises";
import type { Bundle } from "./bundle.ts";

/** Write `zipFile` with the bundle under its entry name. Times are fixed, so an unchanged function is not deployed again. */
export async function zipBundle(bundle: Bundle, zipFile: string): Promise<void> {
  const zip = new yazl.ZipFile();
  const options = { mtime: new Date("1980-01-01T00:00:00Z"), mode: 0o100644 };
  zip.addBuffer(await readFile(bundle.file), bundle.entryName, options);
  zip.addBuffer(await readFile(bundle.mapFile), `${bundle.entryName}.map`, options);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(zipFile));
}

/** The names in a zip file, in its own order. Throws what the zip reader says of a broken one. */
export function zipEntryNames(zipFile: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    yauzl.open(zipFile, { lazyEntries: false }, (error, zip) => {
      if (error) return reject(error);
      const names: string[] = [];
      zip.on("entry", (entry: { fileName: string }) => names.push(entry.fileName));
      zip.on("error", reject);
      zip.on("end", () => resolve(names));
    });
  });
}

// osls zips with these two, so whoever can package has them; they have no types of their own.
const fromOsls = createRequire(createRequire(import.meta.url).resolve("serverless/package.json"));
const yazl = fromOsls("yazl") as { ZipFile: new () => ZipWriter };
const yauzl = fromOsls("yauzl") as { open: ZipOpen };

type ZipWriter = {
  outputStream: NodeJS.ReadableStream;
  addBuffer(content: Buffer, name: string, options: { mtime: Date; mode: number }): void;
  end(): void;
};
type ZipOpen = (
  file: string,
  options: { lazyEntries: boolean },
  opened: (error: Error | null, zip: ZipReader) => void,
) => void;
type ZipReader = NodeJS.EventEmitter;
