// Which files are given to qemu-img at all: never one that leads to another file, whatever it says that it is.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatOf, toRaw } from "./raw-bytes.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-raw-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(bytes: Buffer): string {
  const path = join(folder, "image");
  writeFileSync(path, bytes);
  return path;
}

function qcow2(change: (header: Buffer) => void = () => {}): string {
  const header = Buffer.alloc(104);
  header.write("QFI\xfb", "latin1");
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(2n ** 31n, 24);
  change(header);
  return fileOf(header);
}

test("raw is what has no header of qcow2; qcow2 says how large it is", async () => {
  expect(await formatOf(fileOf(Buffer.alloc(1000)), "raw")).toEqual({ format: "raw", virtualBytes: 1000 });
  expect(await formatOf(fileOf(Buffer.alloc(10)), undefined)).toEqual({ format: "raw", virtualBytes: 10 });
  expect(await formatOf(qcow2(), "qcow2")).toEqual({ format: "qcow2", virtualBytes: 2 ** 31 });
  expect(await formatOf(qcow2(), undefined)).toMatchObject({ format: "qcow2" });
});

test.each<[string, (header: Buffer) => void, RegExp]>([
  ["a backing file", (header) => header.writeBigUInt64BE(112n, 8), /backing file/],
  ["its data in another file", (header) => header.writeBigUInt64BE(4n, 72), /data in another file/],
  ["encryption", (header) => header.writeUInt32BE(2, 32), /encrypted/],
  ["another version", (header) => header.writeUInt32BE(9, 4), /version 9/],
  ["more bytes than anybody has", (header) => header.writeBigUInt64BE(2n ** 60n, 24), /more than are gone through/],
])("qcow2 with %s is refused", async (_what, change, why) => {
  await expect(formatOf(qcow2(change), "qcow2")).rejects.toThrow(why);
});

test("bytes that are not what Glance says are refused, and so is a format that is not known here", async () => {
  await expect(formatOf(qcow2(), "raw")).rejects.toThrow("says that it is raw, and its bytes are qcow2");
  await expect(formatOf(fileOf(Buffer.alloc(1000)), "qcow2")).rejects.toThrow("its bytes are neither");
  await expect(formatOf(fileOf(Buffer.alloc(1000)), "vmdk")).rejects.toThrow("says that it is vmdk");
});

test("without qemu-img it is said how it is installed; what it cannot do is said in its words", async () => {
  await expect(toRaw(qcow2(), join(folder, "raw"), join(folder, "no-such-program"))).rejects.toThrow(
    "apt-get install qemu-utils",
  );
  await expect(toRaw(qcow2(), join(folder, "raw"), "false")).rejects.toThrow("qemu-img ended with 1");
});
