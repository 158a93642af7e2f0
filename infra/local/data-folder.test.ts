// Only one process has a data folder, and a killed one does not keep it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFolderInUse, holdDataFolder } from "./data-folder.ts";

const path = mkdtempSync(join(tmpdir(), "data-folder-"));
afterAll(() => rmSync(path, { recursive: true }));

async function holderProcess() {
  const program = `
    const { holdDataFolder } = await import(${JSON.stringify(join(import.meta.dirname, "data-folder.ts"))});
    holdDataFolder(${JSON.stringify(path)}).note({ url: "http://127.0.0.1:9" });
    console.log("held");
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

test("a second holder is told who has it, until the first is killed", async () => {
  const child = await holderProcess();
  const ended = once(child, "exit");
  const hold = () => holdDataFolder(path);
  try {
    expect(hold).toThrow(DataFolderInUse);
    expect(hold).toThrow(`in use by another Darkroom (process ${child.pid}, http://127.0.0.1:9)`);
    expect(hold).toThrow("DARKROOM_DATA");
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
  const folder = hold();
  expect(hold).toThrow(DataFolderInUse);
  folder.release();
  hold().release();
});
