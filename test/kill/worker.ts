// The process that dies: the functions as they are bundled for the host, doing what the harness says, by the harness's clock.
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

/** `settings` come first and once; then one order at a time, each answered. */
export type Order =
  | { kind: "open"; env: Record<string, string>; files: Record<string, string> }
  | { kind: "invoke"; function: string; timeoutMs: number; nowMs: number; event: unknown }
  | { kind: "deliver"; function: string; timeoutMs: number; nowMs: number; queueUrl: string };
/** Of a delivery: was there a message, and did its function finish it? */
export type Report = { result: unknown } | { error: string };

let files: Record<string, string> = {};
let sqs: SQSClient | undefined;

process.on("message", (order: Order) => {
  obey(order)
    .then((result) => process.send?.({ result } satisfies Report))
    .catch((error: unknown) => process.send?.({ error: String(error) } satisfies Report));
});
process.on("disconnect", () => process.exit(0));

async function obey(order: Order): Promise<unknown> {
  if (order.kind === "open") {
    Object.assign(process.env, order.env);
    files = order.files;
    return undefined;
  }
  Date.now = () => order.nowMs;
  return order.kind === "invoke" ? await call(order, order.event) : await deliver(order);
}

async function call(order: { function: string; timeoutMs: number }, event: unknown): Promise<unknown> {
  const file = files[order.function];
  if (!file) throw new Error(`no function ${order.function}`);
  const { handler } = await import(file);
  const context = {
    functionName: order.function,
    awsRequestId: "killed",
    getRemainingTimeInMillis: () => order.timeoutMs,
  };
  return JSON.parse(JSON.stringify((await handler(event, context)) ?? null));
}

/** As an event source mapping does: what the function did not report as failed is deleted. */
async function deliver(order: Order & { kind: "deliver" }): Promise<boolean> {
  sqs ??= new SQSClient({ useQueueUrlAsEndpoint: false });
  const { queueUrl: QueueUrl } = order;
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
  if (!message) return false;
  const answer = await call(order, { Records: [{ messageId: message.MessageId, body: message.Body }] });
  const { batchItemFailures } = answer as { batchItemFailures: unknown[] };
  if (batchItemFailures.length > 0) return true;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return true;
}
