// An event source mapping: takes messages from one queue and hands them to its function, as Lambda's pollers do.
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

export type PollerOptions = {
  sqs: SQSClient;
  queueUrl: string;
  batchSize: number;
  maximumConcurrency: number;
  invoke(event: unknown): Promise<unknown>;
  warn(text: string): void;
};

export type Poller = { close(): Promise<void> };

const waitSeconds = 10;
const maxBackOffMs = 10_000;

/** What the function reports as failed, or all where it threw, stays in the queue until its visibility time-out; the rest is deleted. */
export function startPoller({ sqs, queueUrl, batchSize, maximumConcurrency, invoke, warn }: PollerOptions): Poller {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      if (running.size >= maximumConcurrency) {
        await Promise.race(running);
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
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** failures, maxBackOffMs)));
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
    const answer = (await invoke({ Records: messages.map(recordOf) })) as
      | { batchItemFailures?: { itemIdentifier: string }[] }
      | undefined;
    const failed = new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
    const finished = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
    if (finished.length === 0) return;
    const entries = finished.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  }

  const polling = poll();
  return {
    async close() {
      stopping.abort();
      await polling;
      await Promise.allSettled([...running]);
    },
  };
}

function recordOf(message: Message) {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: {},
    eventSource: "aws:sqs",
  };
}
