// From an image's file to its raw bytes. Whoever made the image may mean harm, so nothing but plain raw and self-contained qcow2 is given to qemu-img.
import { spawn } from "node:child_process";
import { open } from "node:fs/promises";

export interface RawImage {
  readonly format: "raw" | "qcow2";
  readonly virtualBytes: number;
}

const largestBytes = 4 * 2 ** 40;

/**
 * What the file itself says, read by us: qemu-img would follow a backing file or an external data file to any file of this machine (as CVE-2024-32498 had
 * it). `declared`: Glance's disk_format. Throws in words.
 * @see docs/interop/qcow2.txt of QEMU
 */
export async function formatOf(path: string, declared: string | undefined): Promise<RawImage> {
  const file = await open(path, "r");
  try {
    const header = Buffer.alloc(80);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    const isQcow2 = bytesRead >= 72 && header.toString("latin1", 0, 4) === "QFI\xfb";
    if (declared !== undefined && !(isQcow2 ? declared === "qcow2" : isPlain(declared)))
      throw new Error(
        `the image says that it is ${declared}, and its bytes are ${isQcow2 ? "qcow2" : "neither qcow2 nor of another format that is known here"}`,
      );
    if (!isQcow2) return { format: "raw", virtualBytes: (await file.stat()).size };
    const version = header.readUInt32BE(4);
    if (version !== 2 && version !== 3) throw new Error(`qcow2 of version ${version} is not known here`);
    if (header.readBigUInt64BE(8) !== 0n) throw new Error("the image has a backing file: it is not whole by itself");
    if (header.readUInt32BE(32) !== 0) throw new Error("the image is encrypted: nothing can be seen in it");
    if (version === 3 && (header.readBigUInt64BE(72) & 4n) !== 0n)
      throw new Error("the image keeps its data in another file: it is not whole by itself");
    const virtualBytes = Number(header.readBigUInt64BE(24));
    if (virtualBytes > largestBytes) throw new Error(`the image has ${virtualBytes} bytes, more than are gone through`);
    return { format: "qcow2", virtualBytes };
  } finally {
    await file.close();
  }
}

function isPlain(diskFormat: string): boolean {
  return ["raw", "iso", "ami", "aki", "ari"].includes(diskFormat);
}

/** As a sparse file at `to`. */
export async function toRaw(path: string, to: string, command = "qemu-img"): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(command, ["convert", "-f", "qcow2", "-O", "raw", path, to], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  child.on("error", (error: NodeJS.ErrnoException) =>
    reject(
      error.code === "ENOENT"
        ? new Error("qemu-img is needed for qcow2: apt-get install qemu-utils, or dnf install qemu-img")
        : error,
    ),
  );
  child.on("close", (status) =>
    status === 0 ? resolve() : reject(new Error(`qemu-img ended with ${status}: ${said.trim()}`)),
  );
  await promise;
}
