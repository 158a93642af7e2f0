// An image's bytes from Glance into a file, as they come, with the credentials of clouds.yaml.
import { createWriteStream } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { request } from "undici";
import {
  addressOf,
  connect,
  defaultLimits,
  type Image,
  openConnections,
  readCloudConfig,
} from "../../lib/openstack/index.ts";

/** No byte for so long: given up. */
const silenceMs = 60_000;

/** `wanted`: an id, or the exact name of one that these credentials see. Throws in words. */
export async function downloadImage(
  cloudName: string,
  wanted: string,
  to: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Image> {
  const config = readCloudConfig(cloudName, { env });
  const cloud = connect(config);
  const connections = openConnections(config, { ...defaultLimits, timeoutMs: silenceMs, maxResponseBytes: -1 });
  try {
    const image = await theImage(cloud, wanted);
    if (image.status !== "active") throw new Error(`image ${image.id} is ${image.status}: it has no bytes to be had`);
    const { bavail, bsize } = await statfs(dirname(to));
    if ((image.sizeBytes ?? 0) > bavail * bsize)
      throw new Error(`image ${image.id} has ${image.sizeBytes} bytes, ${bavail * bsize} are free in ${dirname(to)}`);
    const { id: token, catalog } = await cloud.token();
    const answer = await request(`${addressOf("image", catalog, config)}/images/${image.id}/file`, {
      dispatcher: connections,
      headers: { "x-auth-token": token, accept: "application/octet-stream" },
    });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new Error(`Glance answers ${answer.statusCode} to the download of ${image.id}`);
    }
    const file = createWriteStream(to, { mode: 0o600 });
    await pipeline(answer.body, file);
    if (image.sizeBytes !== null && file.bytesWritten !== image.sizeBytes)
      throw new Error(`${file.bytesWritten} bytes came, the image has ${image.sizeBytes}`);
    return image;
  } finally {
    await connections.close();
    await cloud.close();
  }
}

async function theImage(cloud: ReturnType<typeof connect>, wanted: string): Promise<Image> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(wanted)) return await cloud.image.getImage(wanted);
  const found: Image[] = [];
  for await (const image of cloud.image.listImages({ name: wanted, visibility: "all" })) {
    found.push(image);
    if (found.length > 10) break;
  }
  const [image, ...others] = found;
  if (!image) throw new Error(`no image is named ${wanted}, as far as these credentials see`);
  if (others.length > 0)
    throw new Error(`several images are named ${wanted}: ${found.map(({ id }) => id).join(", ")}; give one's id`);
  return image;
}
