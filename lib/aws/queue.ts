// The queues: one for each step of the chain and one for notices, all under one prefix.
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { NoticePoke } from "../../events/notice-poke.ts";
import type { StepMessage } from "../../events/step-message.ts";

/** SQS delays a message by at most this much; a longer wait is the waker's. */
export const maxDelayMs = 900_000;

export interface Queue {
  /** Sends the message to its step's queue, to be seen after `delayMs` (whole seconds, rounded up, 900 s at most). */
  send(message: StepMessage, delayMs: number): Promise<void>;
  /** Has `notify` look at what is due under this key of the table. */
  poke(about: string, delayMs: number): Promise<void>;
}

/** The URL of a step's queue is the prefix and the step's name. Region and endpoint come from the environment. */
export function openQueue(urlPrefix: string): Queue {
  // Else the SDK would ignore the endpoint of the environment and follow the queue's URL.
  const client = new SQSClient({ maxAttempts: 4, useQueueUrlAsEndpoint: false });
  const send = async (queue: string, message: StepMessage | NoticePoke, delayMs: number) => {
    const delaySeconds = Math.ceil(Math.max(0, Math.min(delayMs, maxDelayMs)) / 1000);
    await client.send(
      new SendMessageCommand({
        QueueUrl: `${urlPrefix}${queue}`,
        MessageBody: JSON.stringify(message),
        DelaySeconds: delaySeconds,
      }),
    );
  };
  return {
    send: (message, delayMs) => send(message.step, message, delayMs),
    poke: (about, delayMs) => send("notify", { schemaVersion: 1, about }, delayMs),
  };
}
