// One command of an operator: a runtime, what is done with it, and an end that says what went wrong.
import type { Runtime } from "../../lib/runtime.ts";
import { runtimeAtHand } from "./runtime-at-hand.ts";

export async function command(usage: string, work: (runtime: Runtime) => Promise<void>): Promise<void> {
  try {
    const runtime = await runtimeAtHand(process.env);
    try {
      await work(runtime);
    } finally {
      for (const { service, staff, directory } of runtime.providers.all)
        await Promise.all([service.close(), staff?.close(), directory?.close()]);
    }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exitCode = 1;
  }
}
