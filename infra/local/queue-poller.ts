// An event source mapping: takes messages from one queue and hands them to its function, as Lambda's pollers do.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";

export type PollerOptions = {
  sqs: SQSClient;
  queueUrl: string;
  queueArn: string;
  batchSize: number;
  maximumConcurrency: number;
  /** Whether the function says which messages of a batch failed (`ReportBatchItemFailures`). */
  reportsFailures: boolean;
  invoke(event: unknown): Promise<unknown>;
  warn(text: string): void;
};

export type Poller = {
  /** Receives nothing more, and waits for the batches under way. */
  close(): Promise<void>;
};

const waitSeconds = 10;
const maxBackOffMs = 10_000;

/** What the function reports as failed, or all where it threw, stays in the queue until its visibility time-out; the rest is deleted. */
export function startPoller(options: PollerOptions): Poller {
  const { sqs, queueUrl, queueArn, batchSize, maximumConcurrency, reportsFailures, invoke, warn } = options;
  const stopping = new AbortController();
  const stopped = once(stopping.signal, "abort");
  const running = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      if (running.size >= maximumConcurrency) {
        await Promise.race([...running, stopped]);
        continue;
      }
      try {
        const messages = await receive();
        failures = 0;
        if (messages.length > 0) begin(messages);
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        warn(`cannot receive from ${queueUrl}: ${error instanceof Error ? error.message : error}`);
        const backOffMs = Math.min(100 * 2 ** failures, maxBackOffMs);
        await sleep(backOffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function receive(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    return (await sqs.send(command, { abortSignal: stopping.signal })).Messages ?? [];
  }

  function begin(messages: Message[]): void {
    const run = work(messages)
      .catch((error) => warn(error instanceof Error ? error.message : String(error)))
      .finally(() => running.delete(run));
    running.add(run);
  }

  async function work(messages: Message[]): Promise<void> {
    const answer = await invoke({ Records: messages.map((message) => recordOf(message, queueArn)) });
    const failed = reportsFailures ? failedIds(answer, messages) : new Set();
    const finished = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
    if (finished.length === 0) return;
    const entries = finished.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
    for (const { Code, Message } of Failed) warn(`a message that was handled is not deleted: ${Code} ${Message ?? ""}`);
  }

  const polling = poll();
  return {
    async close() {
      stopping.abort();
      await polling;
      await Promise.all(running);
    },
  };
}

const report = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish()
  .transform((answer) => answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? []);

/** As Lambda reads a report: nothing, or an empty list, is success; another shape or an unknown id fails the whole batch. */
function failedIds(answer: unknown, messages: Message[]): Set<string> {
  const all = new Set(messages.map(({ MessageId = "" }) => MessageId));
  const reported = report.safeParse(answer);
  if (!reported.success || reported.data.some((id) => !all.has(id))) return all;
  return new Set(reported.data);
}

function recordOf(message: Message, queueArn: string) {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
    name,
    { dataType: DataType, stringValue: StringValue },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3],
  };
}
