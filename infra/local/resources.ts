// Queues and tables as serverless.yml declares them, made in the emulators; what is there already is brought up to date.
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type DynamoDBClientConfig,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { type LocalNames, resolveCloudFormation } from "./cloudformation.ts";
import type { Resource, Service } from "./serverless-file.ts";
import { type Store, shapeOfIndex, type TableDefinition } from "./table-store.ts";

export type Clients = { sqs: SQSClient; dynamodb: DynamoDBClientConfig };

/**
 * Make every AWS::SQS::Queue and AWS::DynamoDB::Table of the service that is missing, and change queues' attributes and tables' indexes
 * to what is declared now. Nothing is deleted. Throws an Error where a table's key changed: that takes a person.
 */
export async function createResources(
  service: Service,
  names: LocalNames,
  clients: Clients,
  store: Store,
): Promise<void> {
  const ofType = (type: string) =>
    Object.values(service.resources)
      .filter((resource) => resource.Type === type)
      .map(({ Properties }) => resolveCloudFormation(Properties, service.resources, names) as Resource["Properties"]);
  for (const properties of ofType("AWS::SQS::Queue")) await createQueue(properties, clients.sqs);
  for (const properties of ofType("AWS::DynamoDB::Table"))
    await createTable(properties as TableProperties, clients, store);
}

async function createQueue(properties: Resource["Properties"], sqs: SQSClient): Promise<void> {
  const { QueueName, ...declared } = properties;
  const Attributes = Object.fromEntries(
    Object.entries(declared).map(([name, value]) => [
      name,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: String(QueueName) }));
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    await sqs.send(new CreateQueueCommand({ QueueName: String(QueueName), Attributes }));
  }
}

type TableProperties = TableDefinition & Pick<CreateTableCommandInput, "BillingMode">;

const tableTimeoutSeconds = 20;

async function createTable(properties: TableProperties, clients: Clients, store: Store): Promise<void> {
  const { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = properties;
  const definition = {
    TableName,
    KeySchema,
    AttributeDefinitions,
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
  };
  const existing = await store.table(TableName);
  if (existing) return updateTable(existing, definition, store);
  const client = new DynamoDBClient(clients.dynamodb);
  try {
    await client.send(new CreateTableCommand({ ...definition, BillingMode } as CreateTableCommandInput));
    await waitUntilTableExists(
      { client, maxWaitTime: tableTimeoutSeconds, minDelay: 0.05, maxDelay: 0.5 },
      { TableName },
    );
  } finally {
    client.destroy();
  }
}

async function updateTable(existing: TableDefinition, declared: TableDefinition, store: Store): Promise<void> {
  if (keys(existing) !== keys(declared)) {
    throw new Error(
      `the table ${declared.TableName} on disk has another key (${keys(existing)} instead of ${keys(declared)})`,
    );
  }
  if (indexes(existing) !== indexes(declared)) await store.changeIndexes(declared);
}

function keys({ KeySchema }: TableDefinition): string {
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(", ");
}

function indexes({ GlobalSecondaryIndexes = [] }: TableDefinition): string {
  return GlobalSecondaryIndexes.map(shapeOfIndex).sort().join();
}
