// fauxqs as the host starts it: each of its defects that would hurt, shown to be gone, over the real protocol.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type QueueEmulator, startQueueEmulator } from "./queue-emulator.ts";

const folder = mkdtempSync(join(tmpdir(), "queues-"));
let emulator: QueueEmulator;
let sqs: SQSClient;

async function start(): Promise<void> {
  emulator = await startQueueEmulator(folder);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  sqs = new SQSClient({ endpoint: emulator.url, region: "eu-central-1", credentials, maxAttempts: 1 });
}

async function stop(): Promise<void> {
  sqs.destroy();
  await emulator.close();
}

beforeAll(start);
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

async function queueWith(name: string, ...bodies: string[]): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return QueueUrl;
}

async function receive(QueueUrl: string) {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ["All"],
  });
  return (await sqs.send(command)).Messages ?? [];
}

test("it listens on 127.0.0.1 alone", async () => {
  const port = Number(new URL(emulator.url).port);
  // Whoever listens on every address answers here too.
  const refused = await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.2", () => resolve("connected"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.on("close", () => socket.destroy());
  });
  expect(refused).not.toBe("connected");
});

test("a queue's URL is one that can be called", async () => {
  const url = await queueWith("callable");
  expect(url).toBe(`${emulator.url}/000000000000/callable`);
});

test("a message made visible again is there at once, keeps its count, and survives a restart", async () => {
  const url = await queueWith("again", "the message");
  const [first] = await receive(url);
  const visible = { QueueUrl: url, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 };
  await sqs.send(new ChangeMessageVisibilityCommand(visible));
  await stop();
  await start();
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: "again" }));
  const [second] = await receive(QueueUrl);
  expect(second?.Body).toBe("the message");
  expect(second?.Attributes?.ApproximateReceiveCount).toBe("2");
});

test("after a restart a queue's URL has the new port, and what was in flight is visible at once", async () => {
  const before = await queueWith("flight", "in flight", "waiting");
  const received = await receive(before);
  expect(received.map(({ Body }) => Body).sort()).toEqual(["in flight", "waiting"]);
  expect(await receive(before)).toEqual([]);
  await stop();
  await start();
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: "flight" }));
  expect(QueueUrl).toBe(`${emulator.url}/000000000000/flight`);
  expect((await receive(QueueUrl)).map(({ Body }) => Body).sort()).toEqual(["in flight", "waiting"]);
});
