// npm run inspect: an operator's look at an image's raw bytes. Nothing that the image's maker wrote is run; what is laid down meanwhile is removed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Inspected, inWords, readCommandLine, usage, type Wish } from "./command-line.ts";
import { downloadImage } from "./download.ts";
import { formatOf, toRaw } from "./raw-bytes.ts";
import { scanFile } from "./scan.ts";
import { signs, textSigns } from "./signs.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-inspect-"));
const tidy = () => rmSync(folder, { recursive: true, force: true });
process.once("exit", tidy);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(2));

try {
  const wish = readCommandLine(process.argv.slice(2));
  const inspected = await inspect(wish);
  console.log(wish.json ? JSON.stringify(inspected) : inWords(inspected));
  process.exitCode = inspected.findings.length > 0 ? 1 : 0;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}

async function inspect(wish: Wish): Promise<Inspected> {
  const wanted = [...signs, ...wish.find.flatMap((text, at) => textSigns(text, at + 1))];
  let path = wish.file ?? join(folder, "image");
  let declared: string | undefined;
  let subject: Inspected["subject"] = { file: path };
  if (wish.image !== undefined) {
    const cloudName = process.env.OS_CLOUD;
    if (!cloudName) throw new Error("set OS_CLOUD to the entry of clouds.yaml whose credentials are to be used");
    const image = await downloadImage(cloudName, wish.image, path);
    subject = { id: image.id, name: image.name };
    declared = image.diskFormat ?? undefined;
  }
  const { format } = await formatOf(path, declared);
  if (format === "qcow2") {
    const raw = join(folder, "raw");
    await toRaw(path, raw);
    path = raw;
  }
  return { subject, ...(await scanFile(path, wanted)) };
}
