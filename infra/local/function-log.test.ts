// The log: bounded, whole, and no reason for the host to stop.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFunctionLog } from "./function-log.ts";

const folder = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a full file becomes the one before; both stay within the bound; the last lines are there", () => {
  const terminal: string[] = [];
  const log = openFunctionLog(join(folder, "full"), (line) => terminal.push(line), 1_000);
  for (let line = 1; line <= 100; line++) log.warn("check", `line ${line} ü`);
  const files = [`${log.file}.1`, log.file];
  for (const file of files) expect(statSync(file).size).toBeLessThanOrEqual(1_000);
  const lines = files.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
  expect(lines.at(-1)).toBe("check line 100 ü");
  const first = Number(/line (\d+)/.exec(lines[0] ?? "")?.[1]);
  expect(lines).toEqual(Array.from({ length: 101 - first }, (_, at) => `check line ${first + at} ü`));
  expect(terminal).toHaveLength(100);
});

test("a file that is there already is gone on with, and counts", () => {
  const log = openFunctionLog(join(folder, "again"), () => undefined, 100);
  log.warn("check", "x".repeat(80));
  const again = openFunctionLog(join(folder, "again"), () => undefined, 100);
  again.warn("check", "y".repeat(80));
  expect(readFileSync(`${log.file}.1`, "utf8")).toMatch(/^check x{80}\n$/);
  expect(readFileSync(log.file, "utf8")).toMatch(/^check y{80}\n$/);
});

test("a log that cannot be written is said once, and work goes on", () => {
  const terminal: string[] = [];
  const log = openFunctionLog(join(folder, "broken"), (line) => terminal.push(line));
  // A folder in the file's place refuses even root.
  rmSync(log.file, { force: true });
  rmSync(join(folder, "broken"), { recursive: true });
  writeFileSync(join(folder, "broken"), "no folder any more");
  log.warn("check", "first");
  log.warn("check", "second");
  expect(terminal).toEqual([
    expect.stringContaining("the log cannot be written: ENOTDIR"),
    "check first",
    "check second",
  ]);
  expect(existsSync(log.file)).toBe(false);
});
