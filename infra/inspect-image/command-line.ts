// What `npm run inspect` is told, and what it tells.
import { parseArgs } from "node:util";
import type { Finding } from "./scan.ts";

export interface Wish {
  /** One of the two. */
  readonly image?: string;
  readonly file?: string;
  /** An image's id or name, or with `./` or `/` a file: what is in it as well is no news. */
  readonly base?: string;
  readonly find: readonly string[];
  readonly json: boolean;
}

export interface Inspected {
  /** The image's id and name, or the file's path. */
  readonly subject: { readonly id: string; readonly name: string | null } | { readonly file: string };
  readonly base?: Inspected["subject"];
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

export const usage = `npm run inspect -- IMAGE [--base IMAGE] [--find TEXT]... [--json]     an image's id or exact name; with OS_CLOUD
npm run inspect -- --file PATH [--base ./PATH] [--find TEXT]... [--json]

Goes through an image's raw bytes without booting it and names what must not be there, by kind, count and first
offsets; what the base holds as well (keys that a library tests itself with, say) is left out. Ends with 1 where something was found, with 2 where it could not look.`;

/** Throws where it is told nonsense. */
export function readCommandLine(words: readonly string[]): Wish {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      file: { type: "string" },
      base: { type: "string" },
      find: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  const [image, ...others] = positionals;
  if (others.length > 0 || (image === undefined) === (values.file === undefined))
    throw new Error("give one image, or one file");
  const { file, base, find, json } = values;
  return {
    ...(image !== undefined && { image }),
    ...(file !== undefined && { file }),
    ...(base !== undefined && { base }),
    find,
    json,
  };
}

/** Never the content of what was found. */
export function inWords({ subject, bytes, findings }: Inspected): string {
  const what = "file" in subject ? subject.file : `${subject.name ?? "without a name"} (${subject.id})`;
  if (findings.length === 0) return `${what}: ${bytes} bytes gone through, nothing found`;
  const lines = findings.map(({ kind, count, offsets }) => {
    const more = count > offsets.length ? " …" : "";
    return `  ${kind.padEnd(16)} ${String(count).padStart(6)}   at ${offsets.join(", ")}${more}`;
  });
  return [`${what}: ${bytes} bytes gone through, found`, ...lines].join("\n");
}
