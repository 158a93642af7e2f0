// A pool against functions that answer, fail, crash, hang and eat memory.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { eventually } from "./fixtures/eventually.ts";
import { openFunctionLog } from "./function-log.ts";
import { FunctionFailure, type FunctionPool, openFunctionPool, type PoolOptions } from "./function-pool.ts";

/** Two cores may be busy with other tests. */
jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "pool-"));
const warnings: string[] = [];
const log = openFunctionLog(folder, (line) => warnings.push(line));
const pools: FunctionPool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  warnings.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(exportName: string, options: Partial<PoolOptions> = {}): FunctionPool {
  const bundleFile = join(import.meta.dirname, "fixtures/handlers.ts");
  const given = { functionName: exportName, bundleFile, exportName, log, env: { OWN: "mine" }, memoryMib: 32 };
  const pool = openFunctionPool({ timeoutMs: 20_000, maxInstances: 1, ...given, ...options });
  pools.push(pool);
  return pool;
}

async function failureOf(invocation: Promise<unknown>): Promise<FunctionFailure> {
  const error = await invocation.then(
    (result) => new Error(`it answered ${JSON.stringify(result)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FunctionFailure)) throw error;
  return error;
}

/** A gate that the test opens, and how many invocations have come to it; seen by every worker. */
function gate() {
  const event = { gate: new SharedArrayBuffer(4), entered: new SharedArrayBuffer(4) };
  return {
    event,
    entered: () => Atomics.load(new Int32Array(event.entered), 0),
    open() {
      Atomics.store(new Int32Array(event.gate), 0, 1);
      Atomics.notify(new Int32Array(event.gate), 0);
    },
  };
}

test("an instance is kept between invocations; it has its own environment, a context, and answers in JSON", async () => {
  const pool = open("describe");
  const first = await pool.invoke({ asked: 1 });
  expect(first).toEqual({
    event: { asked: 1 },
    invocations: 1,
    own: "mine",
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    remainingMs: expect.any(Number),
    at: "1970-01-01T00:00:00.000Z",
  });
  const { remainingMs } = first as { remainingMs: number };
  expect(remainingMs).toBeGreaterThan(0);
  expect(remainingMs).toBeLessThanOrEqual(20_000);
  expect(await pool.invoke({})).toMatchObject({ invocations: 2 });
});

test("a result passes through JSON, as Lambda passes it on", async () => {
  expect(await open("unsayable").invoke({})).toEqual({ said: "as JSON" });
});

test("what a handler throws is the invocation's failure", async () => {
  const failure = await failureOf(open("fail").invoke({}));
  expect(failure).toMatchObject({ kind: "threw", message: "fail: it failed on purpose" });
  expect(failure.stack).toContain("fixtures/handlers.ts");
});

test("a function that blocks its thread is killed at its time-out, and the next invocation gets a fresh instance", async () => {
  const pool = open("spin", { timeoutMs: 1_000 });
  expect(await failureOf(pool.invoke({}))).toMatchObject({ kind: "timedOut" });
  expect(await failureOf(pool.invoke({}))).toMatchObject({ kind: "timedOut" });
});

test.each(["crash", "leave", "eatMemory"])("an instance that dies by %s fails its invocation only", async (name) => {
  const pool = open(name);
  expect(await failureOf(pool.invoke({}))).toMatchObject({ kind: "died" });
  expect(await failureOf(pool.invoke({}))).toMatchObject({ kind: "died" });
});

test("an uncaught error is in the log and on the terminal, with its stack", async () => {
  await failureOf(open("crash").invoke({}));
  const [warning] = await eventually("the warning", () => warnings.length > 0 && warnings);
  expect(warning).toMatch(/^crash the instance died: Error: nobody catches this\n.*handlers\.ts/);
});

test("a missing export fails the invocation by name", async () => {
  const failure = await failureOf(open("nothingOfThisName").invoke({}));
  expect(failure.message).toContain("exports no function nothingOfThisName");
});

test("no more instances run at once than the bound; the others wait their turn; too many are throttled", async () => {
  const { event, entered, open: openGate } = gate();
  const pool = open("waitFor", { maxInstances: 2, maxWaiting: 2 });
  const invocations = [1, 2, 3, 4].map(() => pool.invoke(event));
  await eventually("two at the gate", () => entered() === 2);
  expect(await failureOf(pool.invoke(event))).toMatchObject({ kind: "throttled" });
  expect(entered()).toBe(2);
  openGate();
  expect(await Promise.all(invocations)).toEqual(Array(4).fill("let through"));
});

test("closing waits for what runs; what waits and what comes later is stopped", async () => {
  const { event, entered, open: openGate } = gate();
  const pool = open("waitFor");
  const running = pool.invoke(event);
  const waiting = failureOf(pool.invoke(event));
  await eventually("one at the gate", () => entered() === 1);
  const closed = pool.close(15_000);
  expect(await waiting).toMatchObject({ kind: "stopped" });
  expect(await failureOf(pool.invoke(event))).toMatchObject({ kind: "stopped" });
  openGate();
  expect(await running).toBe("let through");
  await closed;
});

test("closing ends what does not finish within the grace", async () => {
  const { event, entered } = gate();
  const pool = open("waitFor");
  const running = failureOf(pool.invoke(event));
  await eventually("one at the gate", () => entered() === 1);
  await pool.close(10);
  expect(await running).toMatchObject({ kind: "died" });
});

test("an instance that nobody needs is ended after a while", async () => {
  const pool = open("describe", { idleMs: 1 });
  await pool.invoke({});
  // A fresh instance counts from one again.
  await eventually("a fresh instance", async () => {
    const { invocations } = (await pool.invoke({})) as { invocations: number };
    return invocations === 1;
  });
});

test("every line that a function prints is in the log with its name; what it prints as an error is a warning", async () => {
  await open("describe").invoke({});
  await open("warn").invoke({});
  await eventually("the warning", () => warnings.includes("warn something is odd"));
  await eventually("the line", () => /^describe described 1$/m.test(readFileSync(log.file, "utf8")));
});
