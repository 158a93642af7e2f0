// What the functions print: every line with its function's name into a file of bounded size, warnings to the terminal too.
import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Worker } from "node:worker_threads";

export type FunctionLog = {
  readonly file: string;
  follow(functionName: string, worker: Worker): void;
  warn(functionName: string, text: string): void;
};

const maxLineLength = 20_000;

/** Two files of `maxFileBytes` at most: the present one and the one before. `terminal` is told of warnings; functions write them to standard error. */
export function openFunctionLog(
  folder: string,
  terminal: (line: string) => void,
  maxFileBytes = 20 * 1024 * 1024,
): FunctionLog {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "functions.log");
  let sizeBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  let broken = false;

  /** At once: a killed process loses no line, and none waits in memory. */
  function write(functionName: string, text: string): void {
    const line = Buffer.from(`${functionName} ${text.slice(0, maxLineLength)}\n`);
    try {
      if (sizeBytes > 0 && sizeBytes + line.length > maxFileBytes) {
        renameSync(file, `${file}.1`);
        sizeBytes = 0;
      }
      appendFileSync(file, line);
      sizeBytes += line.length;
      broken = false;
    } catch (error) {
      // A full disk costs lines of the log, never the host.
      if (!broken) terminal(`the log cannot be written: ${(error as Error).message}`);
      broken = true;
    }
  }

  function warn(functionName: string, text: string): void {
    write(functionName, text);
    terminal(`${functionName} ${text}`);
  }

  return {
    file,
    follow(functionName, worker) {
      createInterface({ input: worker.stdout }).on("line", (line) => write(functionName, line));
      createInterface({ input: worker.stderr }).on("line", (line) => warn(functionName, line));
    },
    warn,
  };
}
