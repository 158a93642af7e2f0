// Goes through raw bytes in pieces of one size, however large they are, and tells where what must not be there begins. Never what it is.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { longestBytes, type Sign } from "./signs.ts";

export interface Finding {
  readonly kind: string;
  readonly count: number;
  /** Of the first ones, in bytes from the beginning. */
  readonly offsets: readonly number[];
}

const pieceBytes = 8 * 1024 * 1024;
const blockBytes = 512;
const mostOffsets = 5;
const nextBytes = 256;

export interface Scanned {
  readonly bytes: number;
  /** By kind, the most frequent first. */
  readonly findings: readonly Finding[];
  /** By which the same thing is known again in another image. */
  readonly digests: ReadonlySet<string>;
}

/** `known`: digests of what is no news. `piece` is for tests; memory needed is about that. */
export async function scanFile(
  path: string,
  signs: readonly Sign[],
  { piece = pieceBytes, known = new Set<string>() }: { piece?: number; known?: ReadonlySet<string> } = {},
): Promise<Scanned> {
  const digests = new Set<string>();
  const found = new Map<string, { count: number; offsets: number[] }>();
  // What begins in a piece may end in the next: so much of the next is seen with it.
  const window = Buffer.alloc(piece + longestBytes + nextBytes);
  const file = await open(path, "r");
  try {
    let base = 0;
    let filled = await read(file, window, 0);
    while (filled > 0) {
      const isLast = filled < window.length;
      const begins = isLast ? filled : piece;
      if (!isZero(window.subarray(0, filled))) {
        for (const { kind, at, digest } of hits(window.subarray(0, filled), begins, base, signs)) {
          digests.add(digest);
          if (!known.has(digest)) note(found, kind, at);
        }
      }
      base += begins;
      if (isLast) break;
      window.copy(window, 0, piece, filled);
      filled = filled - piece + (await read(file, window, filled - piece));
    }
    const findings = [...found].map(([kind, each]) => ({ kind, ...each }));
    return { bytes: base, findings: findings.sort((a, b) => b.count - a.count), digests };
  } finally {
    await file.close();
  }
}

interface Hit {
  readonly kind: string;
  readonly at: number;
  readonly digest: string;
}

/** Those that begin before `begins`. */
function* hits(bytes: Buffer, begins: number, base: number, signs: readonly Sign[]): Generator<Hit> {
  for (const { kind, bytes: wanted, shape, atBlock } of signs) {
    for (let at = bytes.indexOf(wanted); at >= 0 && at < begins; at = bytes.indexOf(wanted, at + 1)) {
      if (atBlock && (base + at) % blockBytes !== 0) continue;
      let end = at + wanted.length;
      if (shape) {
        shape.lastIndex = 0;
        if (!shape.test(bytes.toString("latin1", at, at + longestBytes))) continue;
        end = at + shape.lastIndex;
      }
      // With what comes next: many files begin alike.
      const digest = createHash("sha256")
        .update(bytes.subarray(at, end + nextBytes))
        .digest("base64url");
      yield { kind, at: base + at, digest };
    }
  }
}

function note(found: Map<string, { count: number; offsets: number[] }>, kind: string, at: number): void {
  const entry = found.get(kind) ?? { count: 0, offsets: [] };
  entry.count += 1;
  entry.offsets = [...entry.offsets, at].sort((a, b) => a - b).slice(0, mostOffsets);
  found.set(kind, entry);
}

/** Most of a disk is holes. */
function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0;
}

/** Until the buffer is full or the file ends; how many bytes came. */
async function read(file: Awaited<ReturnType<typeof open>>, into: Buffer, from: number): Promise<number> {
  let at = from;
  while (at < into.length) {
    const { bytesRead } = await file.read(into, at, into.length - at, null);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at - from;
}
