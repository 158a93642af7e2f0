// Post-scripts of a simulated guest: what the hook in the image would have kept of them. They are strangers' and are never run.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layTree } from "./lay-tree.ts";

/**
 * Where the hook is installed, once a launch: for each file a NAME.status (`exit N`, N being what its line `# simulated-exit: N` says, or 0; `skipped` where it is not to be
 * run) and a NAME.log.
 */
export function pretendPostScripts(root: string, instanceId: string): void {
  const hook = join(root, "usr/local/sbin/atmo-post-scripts");
  const folder = join(root, "etc/atmo/post-scripts.d");
  if (!existsSync(hook) || !existsSync(folder)) return;
  const launched = join(root, "var/lib/atmo/launch");
  if (existsSync(launched) && readFileSync(launched, "utf8").trim() === instanceId) return;
  layTree(root, { "/var/lib/atmo/launch": `${instanceId}\n`, "/run/atmo/post-scripts-done": "" });
  const logs = join(root, "var/log/atmo/post-scripts");
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).sort()) {
    const text = textOfScript(join(folder, name));
    if (text === undefined) {
      writeFileSync(join(logs, `${name}.status`), "skipped\n");
      continue;
    }
    const status = /^# simulated-exit: (\d{1,3})$/m.exec(text)?.[1] ?? "0";
    writeFileSync(join(logs, `${name}.status`), `exit ${status}\n`);
    writeFileSync(join(logs, `${name}.log`), `simulated: ${name}\n`);
  }
}

/** Undefined: it would not be run. A link that leads out of the tree leads nowhere here. */
function textOfScript(path: string): string | undefined {
  if (lstatSync(path).isSymbolicLink() || !statSync(path).isFile()) return undefined;
  if ((statSync(path).mode & 0o111) === 0) return undefined;
  const text = readFileSync(path, "utf8");
  return text.startsWith("#!/bin/bash\n") ? text : undefined;
}
