// DynamoDB Local as a process of ours: started on loopback, seen to listen, stopped by its pid.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Engine = { url: string; version: string; stop(): Promise<void> };

const startLimitMs = 90_000;
const stopLimitMs = 10_000;
const leastJava = 17;
const maxLinesKept = 200;

/** Why it cannot run here; undefined where it can. A JDK is needed: the few lines that bind it to loopback are compiled at the start. */
export function whatIsMissing(): string | undefined {
  const { status, stdout } = spawnSync("java", ["--list-modules"], { encoding: "utf8" });
  if (status !== 0) return "there is no `java`: Debian's openjdk-17-jdk-headless brings it";
  const version = Number(/^java\.base@(\d+)/m.exec(stdout)?.[1]);
  if (!(version >= leastJava)) return `java is version ${version}; DynamoDB Local needs ${leastJava}`;
  if (!/^jdk\.compiler@/m.test(stdout))
    return "java is there without its compiler: Debian's openjdk-17-jdk-headless brings it";
  return undefined;
}

/** @param folder with DynamoDBLocal.jar in it. @throws Error with what it printed, where it does not come up. */
export async function startEngine(folder: string): Promise<Engine> {
  const classes = [join(folder, "DynamoDBLocal.jar"), join(folder, "DynamoDBLocal_lib/*")].join(":");
  const server = join(import.meta.dirname, "LoopbackServer.java");
  const args = ["-Xmx512m", `-Djava.library.path=${join(folder, "DynamoDBLocal_lib")}`, "-cp", classes, server];
  // In its own folder, where it leaves a file.
  const child = spawn("java", args, { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  const printed: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const port = new Promise<number>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not up within ${startLimitMs} ms`)), startLimitMs);
    const hear = (line: string) => {
      if (printed.length < maxLinesKept) printed.push(line);
      const said = /^listening on (\d+)$/.exec(line);
      if (said) resolve(Number(said[1]));
    };
    createInterface({ input: child.stdout }).on("line", hear);
    createInterface({ input: child.stderr }).on("line", hear);
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`ended with ${signal ?? code}`)));
  });
  try {
    const url = `http://127.0.0.1:${await port}`;
    return { url, version: versionIn(printed), stop: () => end(child) };
  } catch (error) {
    await end(child);
    throw new Error(`DynamoDB Local did not start: ${(error as Error).message}\n${printed.join("\n")}`);
  } finally {
    clearTimeout(timer);
  }
}

const versionIn = (lines: string[]) =>
  lines.map((line) => /^Version:\s*(\S+)/.exec(line)?.[1]).find(Boolean) ?? "unknown";

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopLimitMs);
  await ended;
  clearTimeout(timer);
}
