// Queues and tables are made from serverless.yml once, and follow it afterwards.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, ListQueuesCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type Emulators, startEmulators } from "./emulators.ts";
import { type Resource, readServerlessFile, type Service } from "./serverless-file.ts";

const folder = mkdtempSync(join(tmpdir(), "resources-"));
let emulators: Emulators | undefined;

afterEach(async () => {
  await emulators?.close();
  emulators = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

const queue = (name: string, more: Resource["Properties"] = {}): Resource => ({
  Type: "AWS::SQS::Queue",
  Properties: { QueueName: name, ...more },
});
const table = (hashKey: string): Resource => ({
  Type: "AWS::DynamoDB::Table",
  Properties: {
    TableName: "things",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: hashKey, AttributeType: "S" }],
    KeySchema: [{ AttributeName: hashKey, KeyType: "HASH" }],
  },
});

async function start(dataFolder: string, resources: Record<string, Resource>): Promise<Emulators> {
  const service: Service = { name: "small", stage: "local", functions: [], resources };
  emulators = await startEmulators(join(folder, dataFolder), service);
  return emulators;
}

async function attributesOf(sqs: SQSClient, { endpoints }: Emulators, name: string) {
  const QueueUrl = `${endpoints.sqs}/000000000000/${name}`;
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  return Attributes;
}

async function describeTable({ endpoints, env }: Emulators, TableName: string) {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" };
  const client = new DynamoDBClient({ endpoint: endpoints.dynamodb, region: "eu-central-1", credentials });
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  client.destroy();
  return Table;
}

test("the repository's own queues and table, with their dead-letter queues and indexes; once more changes nothing", async () => {
  const { resources } = await readServerlessFile(join(import.meta.dirname, "../.."), "local");
  for (const round of ["first", "second"]) {
    const started = await start("own", resources);
    const { QueueUrls = [] } = await started.sqs.send(new ListQueuesCommand({}));
    expect([round, QueueUrls.length]).toEqual([round, 24]);
    expect(await attributesOf(started.sqs, started, "darkroom-local-capture")).toMatchObject({
      VisibilityTimeout: "360",
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: "arn:aws:sqs:eu-central-1:000000000000:darkroom-local-capture-dead",
        maxReceiveCount: 5,
      }),
    });
    const made = await describeTable(started, "darkroom-local");
    expect(made).toMatchObject({ TableStatus: "ACTIVE", KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] });
    expect(made?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      "byApproval",
      "byLife",
      "byList",
      "byProject",
      "byUser",
      "byWake",
    ]);
    await started.close();
    emulators = undefined;
  }
});

test("after an upgrade a new queue is there, a changed one has its new attributes, and messages are kept", async () => {
  const before = await start("upgrade", { A: queue("aaa", { VisibilityTimeout: 10 }) });
  const QueueUrl = `${before.endpoints.sqs}/000000000000/aaa`;
  await before.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "kept" }));
  await before.close();
  const after = await start("upgrade", { A: queue("aaa", { VisibilityTimeout: 20 }), B: queue("bbb") });
  expect(await attributesOf(after.sqs, after, "aaa")).toMatchObject({
    VisibilityTimeout: "20",
    ApproximateNumberOfMessages: "1",
  });
  expect(await attributesOf(after.sqs, after, "bbb")).toMatchObject({ ApproximateNumberOfMessages: "0" });
});

test("a table whose key changed is refused in words, and what was started is stopped", async () => {
  await (await start("key", { T: table("id") })).close();
  emulators = undefined;
  await expect(start("key", { T: table("name") })).rejects.toThrow(
    "the table things on disk has another key (id HASH instead of name HASH)",
  );
  // The files are free again.
  await start("key", { T: table("id") });
});
