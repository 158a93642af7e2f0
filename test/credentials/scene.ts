// A case laid out on disk: its files, its variables, its Keystone.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CredentialCase, plain, type Resolved } from "./case.ts";
import type { Keystone } from "./keystone.ts";

export interface Scene {
  place: string;
  root: string;
  keystone: string;
  cwd: string;
  /** Everything that a process there sees; nothing of the machine's own but `PATH`. */
  env: Record<string, string>;
}

/** Secrets of the cases: none of them may stand in a message. */
export const secrets = ["secret", "kept apart", "0123", "12:30"];

export function layOut(each: CredentialCase, place: string, keystone: Keystone): Scene {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "darkroom-credentials-")));
  const fill = (text: string) => filled(text, root, keystone.rootOf(place));
  const cwd = join(root, "cwd");
  for (const folder of [cwd, join(root, "home")]) mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(each.files ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), fill(text));
  }
  const own = Object.entries(each.env ?? {}).map(([name, value]) => [name, fill(value)]);
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: join(root, "home"),
    XDG_CONFIG_DIRS: join(root, "site"),
    ...Object.fromEntries(own),
  };
  return { place, root, keystone: keystone.rootOf(place), cwd, env };
}

export function clearAway({ root }: Scene): void {
  rmSync(root, { recursive: true, force: true });
}

/** What a case expects, whole and with its places filled in; addresses of services are below its Keystone's root. */
export function expected(resolves: Partial<Resolved>, { root, keystone }: Scene): Resolved {
  const whole = JSON.parse(filled(JSON.stringify({ ...plain, ...resolves }), root, keystone)) as Resolved;
  const absolute = (path: string | null) => path && keystone + path;
  return { ...whole, compute: absolute(whole.compute), image: absolute(whole.image) };
}

const filled = (text: string, root: string, keystone: string) =>
  text.replaceAll("{root}", root).replaceAll("{keystone}", keystone);
