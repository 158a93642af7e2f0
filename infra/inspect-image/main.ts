// npm run inspect: an operator's look at an image's raw bytes. Nothing that the image's maker wrote is run; what is laid down meanwhile is removed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Inspected, inWords, readCommandLine, usage, type Wish } from "./command-line.ts";
import { downloadImage } from "./download.ts";
import { formatOf, toRaw } from "./raw-bytes.ts";
import { type Scanned, scanFile } from "./scan.ts";
import { type Sign, signs, textSigns } from "./signs.ts";

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

async function inspect({ image, file, base, find }: Wish): Promise<Inspected> {
  const wanted = [...signs, ...find.flatMap((text, at) => textSigns(text, at + 1))];
  const below = base === undefined ? undefined : await scanned(base, /^\.{0,2}\//.test(base), signs, new Set());
  const { subject, bytes, findings } = await scanned(file ?? image ?? "", file !== undefined, wanted, below?.digests);
  return { subject, ...(below && { base: below.subject }), bytes, findings };
}

/** One at a time: what was laid down for it is gone before the next. */
async function scanned(
  named: string,
  isFile: boolean,
  wanted: readonly Sign[],
  known: ReadonlySet<string> | undefined,
): Promise<Scanned & Pick<Inspected, "subject">> {
  const scratch = mkdtempSync(join(folder, "image-"));
  try {
    const image = isFile ? undefined : await downloadImage(cloudName(), named, join(scratch, "image"));
    const path = image ? join(scratch, "image") : named;
    const { format } = await formatOf(path, image?.diskFormat ?? undefined);
    const raw = format === "raw" ? path : join(scratch, "raw");
    if (format === "qcow2") await toRaw(path, raw);
    const subject = image ? { id: image.id, name: image.name } : { file: named };
    return { subject, ...(await scanFile(raw, wanted, known ? { known } : {})) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function cloudName(): string {
  const name = process.env.OS_CLOUD;
  if (!name) throw new Error("set OS_CLOUD to the entry of clouds.yaml whose credentials are to be used");
  return name;
}
