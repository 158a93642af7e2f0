// Directory trees laid out like guests, made by code, and our scripts run on them: for tests.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A path ends with "/": a folder. A text that begins with "-> " is a symlink's target. A pair is [text, mode]. */
export type Layout = Readonly<Record<string, string | readonly [string, number]>>;

export interface GuestTree {
  readonly root: string;
  /** The console, as Nova would show it: everything that was written so far. */
  readonly console: () => string;
  readonly read: (path: string) => string;
  /** Every path below the root, sorted. */
  readonly paths: () => string[];
  /** Where a text stands, in names, links and contents. */
  readonly find: (text: string) => string[];
  /** Runs a composed script by a shell, "busybox sh" say. */
  readonly run: (script: string, options?: { shell?: string; env?: Record<string, string> }) => void;
  /** Empties the console. */
  readonly forget: () => void;
  readonly remove: () => void;
}

export function guestTree(...layouts: Layout[]): GuestTree {
  const folder = mkdtempSync(join(tmpdir(), "guest-tree-"));
  const root = join(folder, "root");
  mkdirSync(root);
  for (const [path, wanted] of Object.entries(Object.assign({}, ...layouts) as Layout)) put(join(root, path), wanted);
  const consoleFile = join(folder, "console");
  writeFileSync(consoleFile, "");
  return {
    root,
    console: () => readFileSync(consoleFile, "latin1"),
    read: (path) => readFileSync(join(root, path), "utf8"),
    paths: () => walk(root).sort(),
    find: (text) => find(root, text),
    run(script, { shell = "sh", env = {} } = {}) {
      const file = join(folder, "script.sh");
      writeFileSync(file, script);
      const [command = "", ...args] = shell.split(" ");
      const darkroom = { DARKROOM_ROOT: root, DARKROOM_CONSOLE: consoleFile, DARKROOM_ONCE: "1" };
      execFileSync(command, [...args, file], {
        env: { PATH: process.env.PATH, TMPDIR: folder, ...darkroom, ...env },
        stdio: ["ignore", "ignore", "inherit"],
      });
    },
    forget: () => writeFileSync(consoleFile, ""),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function put(path: string, wanted: Layout[string]): void {
  const [text, mode] = typeof wanted === "string" ? [wanted, undefined] : wanted;
  if (path.endsWith("/")) mkdirSync(path, { recursive: true });
  else {
    mkdirSync(dirname(path), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), path);
    else writeFileSync(path, text);
  }
  if (mode !== undefined) chmodSync(path, mode);
}

function find(root: string, text: string): string[] {
  return walk(root).filter(
    (path) =>
      path.includes(text) || (lstatSync(join(root, path)).isFile() && readFileSync(join(root, path)).includes(text)),
  );
}

/** Node's own recursive readdir follows symlinks. */
function walk(root: string, folder = "/"): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...walk(root, path)] : [path];
  });
}
