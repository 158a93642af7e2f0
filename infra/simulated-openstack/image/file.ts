// An image's bytes, up and down.
import type { Answer } from "../http.ts";
import { bytesOf, qcow2Magic, trueHashes, whole } from "./bytes.ts";
import { type ImageCall, type ImageRoute, imageOf, ownImageOf } from "./call.ts";
import { checkSize } from "./info.ts";
import type { ImageRecord } from "./records.ts";
import { ImageRefusal, refuse } from "./refusals.ts";

export const fileRoutes: ImageRoute[] = [
  ["PUT", "/v2/images/{imageId}/file", upload],
  ["GET", "/v2/images/{imageId}/file", download],
];

export const maxFileBytes = 64 * 2 ** 20;
const maxKeptBytes = 256 * 2 ** 20;
const maxGeneratedBytes = 2 ** 30;

/** 204. Both formats must be set (400), the image `queued` (409); size, hash and virtual size stand on it afterwards. */
function upload(call: ImageCall): Answer {
  const { core, request } = call;
  const type = (request.headers["content-type"] ?? "").split(";")[0] ?? "";
  if (type !== "application/octet-stream") {
    throw new ImageRefusal(415, "", {
      text: `The request media type ${type} is not supported by this server.\n<br /><br />\n`,
    });
  }
  const image = ownImageOf(call);
  if (image.status !== "queued")
    throw refuse(409, `Image status transition from ${image.status} to saving is not allowed`);
  if (image.diskFormat === null || image.containerFormat === null) {
    throw refuse(400, "Properties disk_format, container_format must be set prior to saving data.");
  }
  checkSize(call, request.bytes.length);
  if (core.contents.totalBytes + request.bytes.length > maxKeptBytes)
    throw refuse(413, `The simulated cloud keeps ${maxKeptBytes} bytes of images in all.`);

  core.contents.put(image.id, request.bytes);
  image.content = "uploaded";
  image.sizeBytes = request.bytes.length;
  trueHashes(image, whole(request.bytes));
  image.virtualSizeBytes = virtualSize(image, request.bytes);
  image.disk = { usedBytes: request.bytes.length, obeysAcpi: false };
  image.status = "active";
  image.updatedAt = core.now();
  return { status: 204 };
}

/** What the bytes say of themselves: those that are not what they are called have none (measured on Zed). */
function virtualSize({ diskFormat }: ImageRecord, bytes: Buffer): number | null {
  if (diskFormat === "raw" || diskFormat === "iso") return bytes.length;
  const isQcow2 = bytes.length >= 32 && bytes.readUInt32BE(0) === qcow2Magic;
  return diskFormat === "qcow2" && isQcow2 ? Number(bytes.readBigUInt64BE(24)) : null;
}

/** 200, or 206 for one range; 204 while there are none; 403 while deactivated, but for administrators. More than a GiB that nobody uploaded: 501. */
function download(call: ImageCall): Answer {
  const { core, request, viewer } = call;
  const image = imageOf(call);
  if (image.status === "deactivated" && !viewer.isAdmin) {
    throw refuse(403, "The requested image has been deactivated. Image data download is forbidden.");
  }
  if (image.sizeBytes === null) return { status: 204 };
  const bytes = bytesOf(core, image);
  if (image.content === null) {
    if (bytes.size > maxGeneratedBytes) throw refuse(501, `The bytes of image ${image.id} are not simulated.`);
    const hidden = image.checksum === null;
    if (!hidden) trueHashes(image, bytes);
    image.content = "generated";
  }
  const headers = image.checksum === null ? {} : { "Content-Md5": image.checksum };
  const stream = (first: number, end: number) => ({ size: end - first, pieces: () => bytes.read(first, end) });
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range) return { status: 200, stream: stream(0, bytes.size), headers };
  const first = Number(range[1]);
  const last = Math.min(range[2] ? Number(range[2]) : Infinity, bytes.size - 1);
  if (first > last) throw refuse(416, `Invalid range for image of size ${bytes.size}`);
  return {
    status: 206,
    stream: stream(first, last + 1),
    headers: { ...headers, "Content-Range": `bytes ${first}-${last}/${bytes.size}` },
  };
}
