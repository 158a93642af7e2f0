// The instances of one function: worker threads, started when needed, each with one invocation at a time, killed at its time-out.
import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { FunctionLog } from "./function-log.ts";
import type { InvocationAnswer, WorkerTask } from "./function-worker.ts";

export type FunctionPool = {
  /** Rejects where the function throws, is killed at its time-out, or dies. */
  invoke(event: unknown): Promise<unknown>;
  /** Waits for what is running, `graceMs` at most, then ends every instance. */
  close(graceMs: number): Promise<void>;
};

export type PoolOptions = WorkerTask & {
  env: Record<string, string>;
  timeoutMs: number;
  maxInstances: number;
  log: FunctionLog;
};

/** Callers that wait for an instance; more are refused, as Lambda throttles. */
const maxWaiting = 500;

export function openFunctionPool(options: PoolOptions): FunctionPool {
  const { functionName, maxInstances } = options;
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<unknown>>();

  async function take(): Promise<Worker> {
    const free = idle.pop();
    if (free) return free;
    if (all.size < maxInstances) return start();
    if (waiting.length >= maxWaiting)
      throw new Error(`${functionName} is throttled: ${maxWaiting} invocations wait already`);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return take();
  }

  function start(): Worker {
    const { bundleFile, exportName, env, log } = options;
    const workerData: WorkerTask = { bundleFile, exportName, functionName };
    const worker = new Worker(new URL("./function-worker.ts", import.meta.url), {
      workerData,
      env,
      stdout: true,
      stderr: true,
    });
    log.follow(functionName, worker);
    worker.on("error", (error) => log.warn(functionName, `the instance died: ${error.stack ?? error.message}`));
    worker.on("exit", () => {
      all.delete(worker);
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
      waiting.shift()?.();
    });
    all.add(worker);
    return worker;
  }

  async function invoke(event: unknown): Promise<unknown> {
    const worker = await take();
    const answer = await converse(worker, event, options);
    if (!all.has(worker)) throw new Error(`${functionName}: its instance died`);
    idle.push(worker);
    waiting.shift()?.();
    if ("error" in answer)
      throw Object.assign(new Error(`${functionName}: ${answer.error.message}`), { stack: answer.error.stack });
    return answer.result;
  }

  return {
    invoke(event) {
      const run = invoke(event);
      running.add(run);
      const forget = () => running.delete(run);
      run.then(forget, forget);
      return run;
    },
    async close(graceMs) {
      const ended = Promise.allSettled([...running]);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

/** One event and its answer. An instance that is killed, or that dies, is gone for good, as on Lambda. */
function converse(worker: Worker, event: unknown, { functionName, timeoutMs }: PoolOptions): Promise<InvocationAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      void worker.terminate();
      settle(() => reject(new Error(`${functionName} was killed at its time-out of ${timeoutMs} ms`)));
    }, timeoutMs);
    const onMessage = (answer: InvocationAnswer) => settle(() => resolve(answer));
    const onExit = () => settle(() => reject(new Error(`${functionName}: its instance died`)));
    const settle = (act: () => void) => {
      clearTimeout(timer);
      worker.off("message", onMessage);
      worker.off("exit", onExit);
      act();
    };
    worker.on("message", onMessage);
    worker.on("exit", onExit);
    worker.postMessage({ awsRequestId: randomUUID(), event, deadlineMs: Date.now() + timeoutMs });
  });
}
