// What `npm run inspect` is told, and what it tells.
import { parseArgs } from "node:util";
import type { Finding } from "./scan.ts";

export interface Wish {
  /** One of the two. */
  readonly image?: string;
  readonly file?: string;
  readonly find: readonly string[];
  readonly json: boolean;
}

export interface Inspected {
  /** The image's id and name, or the file's path. */
  readonly subject: { readonly id: string; readonly name: string | null } | { readonly file: string };
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

export const usage = `npm run inspect -- IMAGE [--find TEXT]... [--json]     an image's id or exact name; with OS_CLOUD
npm run inspect -- --file PATH [--find TEXT]... [--json]

Goes through an image's raw bytes without booting it and names what must not be there, by kind, count and first
offsets. Ends with 1 where something was found, with 2 where it could not look.`;

/** Throws where it is told nonsense. */
export function readCommandLine(words: readonly string[]): Wish {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      file: { type: "string" },
      find: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  const [image, ...others] = positionals;
  if (others.length > 0 || (image === undefined) === (values.file === undefined))
    throw new Error("give one image, or one file");
  const { file, find, json } = values;
  return { ...(image !== undefined && { image }), ...(file !== undefined && { file }), find, json };
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
