// `npm run test:dynamodb-local`: the store's suite and the chain on DynamoDB Local, the engine that AWS itself offers for tests.
// Without Java it says so and fails; with `--if-java` it says so and passes. What stands after `--` goes to jest.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { engineVariable } from "../chain/bench-table.ts";
import { startEngine, whatIsMissing } from "./engine.ts";
import { dynamoDbLocalFolder } from "./jar.ts";

const root = join(import.meta.dirname, "../..");
const wanted = process.argv.slice(2);

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = whatIsMissing();
  if (missing) {
    const tolerated = wanted.includes("--if-java");
    console.error(`DynamoDB Local cannot run here: ${missing}.${tolerated ? " Its tests were not run." : ""}`);
    return tolerated ? 0 : 1;
  }
  const engine = await startEngine(dynamoDbLocalFolder(join(root, ".build/dynamodb-local")));
  console.log(`DynamoDB Local ${engine.version} at ${engine.url}`);
  let tests: ChildProcess | undefined;
  const interrupted = () => tests?.kill("SIGTERM");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupted);
  try {
    const jest = join(root, "node_modules/jest/bin/jest.js");
    const config = join(import.meta.dirname, "jest.config.js");
    const own = wanted.filter((argument) => argument !== "--if-java");
    tests = spawn(process.execPath, ["--experimental-vm-modules", "--no-warnings", jest, "--config", config, ...own], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, [engineVariable]: engine.url },
    });
    const [code] = (await once(tests, "exit")) as [number | null];
    return code ?? 1;
  } finally {
    await engine.stop();
  }
}
