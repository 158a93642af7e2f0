// Runs a guest's script on its tree, on this machine: a shell of its own, nothing of our environment, bounded in time, output and files.
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const timeLimitS = 60;
const fileLimitBlocks = 131_072; // of 512 bytes: no file above 64 MiB
const readBytes = 2 ** 20;

export type Said = { console: string; output: string; status: number | null };

/** `scratch` is a folder for what is gone afterwards. The text of both is latin1: a guest prints bytes. */
export function runScript(script: string, root: string, bootMark: string, scratch: string): Said {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "script-"));
  const [scriptFile, consoleFile, outputFile] = ["script", "console", "output"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(scriptFile, script, { encoding: "latin1", mode: 0o600 });
  writeFileSync(consoleFile, "");
  const output = openSync(outputFile, "w");
  try {
    const { status } = spawnSync(
      "timeout",
      ["-k", "2", String(timeLimitS), "sh", "-c", `ulimit -f ${fileLimitBlocks} && exec sh "$0"`, scriptFile],
      {
        cwd: folder,
        env: {
          PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
          TMPDIR: folder,
          DARKROOM_ROOT: root,
          DARKROOM_CONSOLE: consoleFile,
          DARKROOM_ONCE: "1",
          ...(existsSync(bootMark) && { DARKROOM_BOOTED: bootMark }),
        },
        stdio: ["ignore", output, output],
        timeout: (timeLimitS + 5) * 1000,
        killSignal: "SIGKILL",
      },
    );
    return { console: endOf(consoleFile), output: endOf(outputFile), status };
  } finally {
    closeSync(output);
    rmSync(folder, { recursive: true, force: true });
  }
}

function endOf(file: string): string {
  const { size } = statSync(file);
  if (size <= readBytes) return readFileSync(file, "latin1");
  const bytes = Buffer.alloc(readBytes);
  const handle = openSync(file, "r");
  readSync(handle, bytes, 0, readBytes, size - readBytes);
  closeSync(handle);
  return bytes.toString("latin1");
}
