// The bytes of an image: those that were uploaded, or for what Nova, Cinder and the seed have made, generated ones of the right size, the same each time, and in them the guest's files.
import { createHash } from "node:crypto";
import type { Core } from "../core.ts";
import { treeBytes } from "../guest/disk-bytes.ts";
import type { ImageRecord } from "./records.ts";

export type ImageBytes = {
  size: number;
  /** In pieces; `end` is the first byte that is not read. */
  read(first: number, end: number): Iterable<Buffer>;
};

export function bytesOf(core: Core, image: ImageRecord): ImageBytes {
  if (image.content !== "uploaded") return generatedBytes(image, treeBytes(core.guests.disks, image.id));
  const kept = core.contents.get(image.id) ?? Buffer.alloc(0);
  return { size: kept.length, read: (first, end) => [kept.subarray(first, end)] };
}

/**
 * Puts MD5 and SHA-512 of the bytes on the image. Up to 4 MiB they are the true ones; of larger generated images, which are seldom read and would take seconds, those of a
 * description, until `trueHashes`.
 */
export function putHashes(image: ImageRecord, tree?: Buffer): void {
  const size = image.sizeBytes ?? 0;
  if (size <= hashedAtOnceBytes) {
    trueHashes(image, generatedBytes(image, tree));
    image.content = "generated";
  } else trueHashes(image, whole(Buffer.from(`${image.id} ${size}`)));
}

/** Takes 3 s a GiB. */
export function trueHashes(image: ImageRecord, bytes: ImageBytes): void {
  const md5 = createHash("md5");
  const sha512 = createHash("sha512");
  for (const piece of bytes.read(0, bytes.size)) {
    md5.update(piece);
    sha512.update(piece);
  }
  image.checksum = md5.digest("hex");
  image.hashValue = sha512.digest("hex");
}

const hashedAtOnceBytes = 4 * 2 ** 20;
const blockBytes = 65_536;

/** What an image must have at least, so that all of its tree is in it. */
export const sizeWith = (tree: Buffer): number => blockBytes + tree.length;

export const whole = (bytes: Buffer): ImageBytes => ({
  size: bytes.length,
  read: (first, end) => [bytes.subarray(first, end)],
});

/** After the first block come those of `tree`: what is in a file of the guest can be found in the image. */
function generatedBytes(image: ImageRecord, tree: Buffer = Buffer.alloc(0)): ImageBytes {
  const size = image.sizeBytes ?? 0;
  return {
    size,
    *read(first, end) {
      for (let at = first; at < Math.min(end, size); ) {
        const index = Math.floor(at / blockBytes);
        const inBlock = at - index * blockBytes;
        const piece = blockOf(image, index, tree).subarray(
          inBlock,
          Math.min(blockBytes, Math.min(end, size) - index * blockBytes),
        );
        yield piece;
        at += piece.length;
      }
    },
  };
}

/** The first of a qcow2 image has its header (version 3, clusters of 64 KiB), so that what looks at it sees what it is and how large. */
function blockOf(image: ImageRecord, index: number, tree: Buffer): Buffer {
  const block = Buffer.alloc(blockBytes, createHash("sha256").update(`${image.id} ${index}`).digest());
  if (index > 0) tree.subarray((index - 1) * blockBytes, index * blockBytes).copy(block);
  if (index > 0 || image.diskFormat !== "qcow2") return block;
  block.fill(0, 0, 112);
  block.writeUInt32BE(qcow2Magic, 0);
  block.writeUInt32BE(3, 4);
  block.writeUInt32BE(16, 20);
  block.writeBigUInt64BE(BigInt(image.virtualSizeBytes ?? 0), 24);
  block.writeUInt32BE(104, 100);
  return block;
}

export const qcow2Magic = 0x514649fb;
