// One command of an operator: a runtime, what is done with it, and an end that says what went wrong.
import type { Runtime } from "../../lib/runtime.ts";
import { openAtHand } from "./runtime-at-hand.ts";

export async function command(usage: string, work: (runtime: Runtime) => Promise<void>): Promise<void> {
  try {
    const { runtime, close } = await openAtHand(process.env);
    try {
      await work(runtime);
    } finally {
      await close();
    }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exitCode = 1;
  }
}
