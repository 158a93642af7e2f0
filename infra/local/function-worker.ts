// Inside a worker thread: one instance of one function, as Lambda's runtime holds it; one invocation at a time.
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

export type WorkerTask = { bundleFile: string; exportName: string; functionName: string };
export type Invocation = { awsRequestId: string; event: unknown; deadlineMs: number };
export type InvocationAnswer =
  | { result: unknown }
  | { error: { name: string; message: string; stack?: string | undefined } };

const { bundleFile, exportName, functionName } = workerData as WorkerTask;
const loaded = import(pathToFileURL(bundleFile).href) as Promise<Record<string, unknown>>;

parentPort?.on("message", async (invocation: Invocation) => {
  parentPort?.postMessage(await answer(invocation));
});

async function answer({ awsRequestId, event, deadlineMs }: Invocation): Promise<InvocationAnswer> {
  try {
    const handler = (await loaded)[exportName];
    if (typeof handler !== "function") throw new Error(`${bundleFile} exports no function ${exportName}`);
    const context = {
      functionName,
      awsRequestId,
      functionVersion: "$LATEST",
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    };
    // As JSON, as Lambda passes it on: what JSON cannot say must not work here alone.
    const result = JSON.stringify(await handler(event, context));
    return { result: result === undefined ? undefined : JSON.parse(result) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { error: { name: error.name, message: error.message, stack: error.stack } };
  }
}
