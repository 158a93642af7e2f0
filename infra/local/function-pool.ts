// The instances of one function: worker threads, started when needed, each with one invocation at a time, killed at its time-out.
import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { FunctionLog } from "./function-log.ts";
import type { InvocationAnswer, WorkerTask } from "./function-worker.ts";

export type FunctionPool = {
  /** Rejects with a FunctionFailure. */
  invoke(event: unknown): Promise<unknown>;
  /** Takes nothing more, waits for what is running, `graceMs` at most, then ends every instance. */
  close(graceMs: number): Promise<void>;
};

export type PoolOptions = WorkerTask & {
  env: Record<string, string>;
  timeoutMs: number;
  /** MiB of heap, as Lambda bounds a function's memory. */
  memoryMib: number;
  maxInstances: number;
  /** An instance that nobody needed for so long is ended; five minutes by default. */
  idleMs?: number;
  /** Callers that wait for an instance; more are throttled, as Lambda does. */
  maxWaiting?: number;
  log: FunctionLog;
};

/** Why an invocation has no result: the handler threw, it was killed at its time-out, its instance died, too many wait, the host stops. */
export class FunctionFailure extends Error {
  override readonly name = "FunctionFailure";
  readonly kind: "threw" | "timedOut" | "died" | "throttled" | "stopped";

  constructor(kind: FunctionFailure["kind"], message: string, stack?: string) {
    super(message);
    this.kind = kind;
    if (stack !== undefined) this.stack = stack;
  }
}

export function openFunctionPool(options: PoolOptions): FunctionPool {
  const { functionName, maxInstances, maxWaiting = 500, idleMs = 300_000 } = options;
  const idle: { worker: Worker; reaper: NodeJS.Timeout }[] = [];
  const all = new Set<Worker>();
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<unknown>>();
  let closing = false;

  async function take(): Promise<Worker> {
    if (closing) throw new FunctionFailure("stopped", `${functionName}: the host stops`);
    const free = idle.pop();
    if (free) {
      clearTimeout(free.reaper);
      return free.worker;
    }
    if (all.size < maxInstances) return start();
    if (waiting.length >= maxWaiting)
      throw new FunctionFailure("throttled", `${functionName}: ${maxWaiting} invocations wait already`);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return take();
  }

  function giveBack(worker: Worker): void {
    if (!all.has(worker)) return;
    const reaper = setTimeout(() => void worker.terminate(), idleMs);
    reaper.unref();
    idle.push({ worker, reaper });
    waiting.shift()?.();
  }

  function start(): Worker {
    const { bundleFile, exportName, env, memoryMib, log } = options;
    const workerData: WorkerTask = { bundleFile, exportName, functionName };
    const worker = new Worker(new URL("./function-worker.ts", import.meta.url), {
      workerData,
      env,
      // A worker does not read its own NODE_OPTIONS.
      execArgv: (env.NODE_OPTIONS ?? "").split(" ").filter((option) => option !== ""),
      resourceLimits: { maxOldGenerationSizeMb: memoryMib },
      stdout: true,
      stderr: true,
    });
    log.follow(functionName, worker);
    worker.on("error", (error) => log.warn(functionName, `the instance died: ${error.stack ?? error.message}`));
    worker.on("exit", () => {
      all.delete(worker);
      const at = idle.findIndex((kept) => kept.worker === worker);
      if (at >= 0) for (const { reaper } of idle.splice(at, 1)) clearTimeout(reaper);
      waiting.shift()?.();
    });
    all.add(worker);
    return worker;
  }

  async function invoke(event: unknown): Promise<unknown> {
    const worker = await take();
    const answer = await converse(worker, event, options);
    giveBack(worker);
    if ("error" in answer)
      throw new FunctionFailure("threw", `${functionName}: ${answer.error.message}`, answer.error.stack);
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
      closing = true;
      for (const turn of waiting.splice(0)) turn();
      const ended = Promise.allSettled([...running]);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      await Promise.all([...all].map((worker) => worker.terminate()));
      await Promise.allSettled([...running]);
    },
  };
}

/** One event and its answer. An instance that is killed, or that dies, is gone for good, as on Lambda. */
function converse(worker: Worker, event: unknown, { functionName, timeoutMs }: PoolOptions): Promise<InvocationAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      void worker.terminate();
      settle(() =>
        reject(new FunctionFailure("timedOut", `${functionName} was killed at its time-out of ${timeoutMs} ms`)),
      );
    }, timeoutMs);
    const onMessage = (answer: InvocationAnswer) => settle(() => resolve(answer));
    const onExit = () => settle(() => reject(new FunctionFailure("died", `${functionName}: its instance died`)));
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
