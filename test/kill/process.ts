// Starting, asking and killing the process that dies.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Order, Report } from "./worker.ts";

export type Told = { result: unknown } | "died";

export interface Process {
  /** Throws an Error where the function threw. */
  tell(order: Order): Promise<Told>;
  /** SIGKILL; done once the process is gone. */
  kill(): Promise<void>;
}

export function startProcess(file: string): Process {
  const child = fork(file, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { PATH: process.env.PATH },
    execArgv: [],
  });
  const gone = once(child, "exit");
  return {
    tell: (order) => conversation(child, order),
    async kill() {
      child.kill("SIGKILL");
      const [code, signal] = await gone;
      if (signal !== "SIGKILL") throw new Error(`the process ended by itself: ${code} ${signal}`);
    },
  };
}

function conversation(child: ChildProcess, order: Order): Promise<Told> {
  return new Promise((resolve, reject) => {
    const onExit = () => settle(() => resolve("died"));
    const onMessage = (report: Report) =>
      settle(() => ("error" in report ? reject(new Error(report.error)) : resolve(report)));
    const settle = (act: () => void) => {
      child.off("exit", onExit);
      child.off("message", onMessage);
      act();
    };
    child.on("exit", onExit);
    child.on("message", onMessage);
    child.send(order, (error) => error && settle(() => resolve("died")));
  });
}
