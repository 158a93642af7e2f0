// Writes a tree that code describes.
import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A name that ends with `/` is a folder. */
export type Layout = Record<string, string | Laid>;
export type Laid = { text?: string; link?: string; mode?: number; owner?: number };

/** Owners are set only where the process may do so; what has none is whoever's runs it, for the guest's scripts as good as root. */
export function layTree(root: string, layout: Layout): void {
  for (const [path, wanted] of Object.entries(layout)) {
    const { text = "", link, mode, owner } = typeof wanted === "string" ? { text: wanted } : wanted;
    const place = join(root, path);
    mkdirSync(path.endsWith("/") ? place : dirname(place), { recursive: true });
    if (link !== undefined) symlinkSync(link, place);
    else if (!path.endsWith("/")) writeFileSync(place, text);
    if (link === undefined) chmodSync(place, mode ?? (path.endsWith("/") ? 0o755 : 0o644));
    if (owner !== undefined && process.getuid?.() === 0)
      (link === undefined ? chownSync : lchownSync)(place, owner, owner);
  }
}
