// The DynamoDB table: the few operations that Darkroom needs, without transactions and streams.
import { ConditionalCheckFailedException, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { absent, type Condition, Terms } from "./condition.ts";

export interface Item {
  readonly id: string;
  readonly [attribute: string]: unknown;
}

export interface Table {
  /** Given by DynamoDB to each table that it makes: one that is restored from a backup has another, whatever its name. Undefined where the store gives none. */
  identity(): Promise<string | undefined>;
  /** Read with strong consistency. Undefined too where the id is longer than any key: it may come from anywhere, from a property of somebody's image say. */
  get(id: string): Promise<Item | undefined>;
  /** False where an item of this id is there already; nothing is written then. */
  putNew(item: Item): Promise<boolean>;
  /** The item as written; undefined where the condition did not hold, and nothing was written. `undefined` in `set` removes the attribute. */
  update(id: string, set: Record<string, unknown>, when: Condition): Promise<Item | undefined>;
  /** False where the condition did not hold. */
  delete(id: string, when: Condition): Promise<boolean>;
  /** One page of an index, which may be behind the table. */
  query(page: PageQuery): Promise<Page>;
}

export interface PageQuery {
  readonly index: string;
  readonly key: Condition;
  readonly filter?: Condition;
  readonly limit: number;
  readonly newestFirst?: boolean;
  readonly after?: Record<string, unknown>;
}

export interface Page {
  readonly items: readonly Item[];
  /** Where the next page begins; absent on the last. */
  readonly next?: Record<string, unknown>;
}

/** DynamoDB refuses longer ones with a ValidationException. */
const maxKeyBytes = 2048;

/** Region and endpoint come from the environment, as the SDK reads it. */
export function openTable(tableName: string): Table {
  const plainClient = new DynamoDBClient({ maxAttempts: 4 });
  const client = DynamoDBDocumentClient.from(plainClient, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async identity() {
      return (await plainClient.send(new DescribeTableCommand({ TableName: tableName }))).Table?.TableId;
    },

    async get(id) {
      if (Buffer.byteLength(id) > maxKeyBytes) return undefined;
      const answer = await client.send(new GetCommand({ TableName: tableName, Key: { id }, ConsistentRead: true }));
      return answer.Item as Item | undefined;
    },

    async putNew(item) {
      const terms = new Terms();
      const condition = absent("id")(terms);
      const put = new PutCommand({
        TableName: tableName,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeNames: terms.names,
      });
      return (await unlessRefused(client.send(put))) !== undefined;
    },

    async update(id, set, when) {
      const terms = new Terms();
      const answer = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { id },
            UpdateExpression: updateExpression(terms, set),
            ConditionExpression: when(terms),
            ReturnValues: "ALL_NEW",
            ...placeholders(terms),
          }),
        ),
      );
      return answer?.Attributes as Item | undefined;
    },

    async delete(id, when) {
      const terms = new Terms();
      const condition = when(terms);
      const command = new DeleteCommand({
        TableName: tableName,
        Key: { id },
        ConditionExpression: condition,
        ...placeholders(terms),
      });
      return (await unlessRefused(client.send(command))) !== undefined;
    },

    async query({ index, key, filter, limit, newestFirst = false, after }) {
      const terms = new Terms();
      const keyCondition = key(terms);
      const answer = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: index,
          KeyConditionExpression: keyCondition,
          FilterExpression: filter?.(terms),
          Limit: limit,
          ScanIndexForward: !newestFirst,
          ExclusiveStartKey: after,
          ...placeholders(terms),
        }),
      );
      const items = (answer.Items ?? []) as Item[];
      return answer.LastEvaluatedKey ? { items, next: answer.LastEvaluatedKey } : { items };
    },
  };
}

function updateExpression(terms: Terms, set: Record<string, unknown>): string {
  const entries = Object.entries(set);
  const sets = entries.filter(([, value]) => value !== undefined);
  const removes = entries.filter(([, value]) => value === undefined);
  const parts: string[] = [];
  if (sets.length > 0) {
    parts.push(`SET ${sets.map(([name, value]) => `${terms.path(name)} = ${terms.value(value)}`).join(", ")}`);
  }
  if (removes.length > 0) parts.push(`REMOVE ${removes.map(([name]) => terms.path(name)).join(", ")}`);
  return parts.join(" ");
}

/** DynamoDB refuses empty maps of placeholders. */
function placeholders(terms: Terms) {
  return {
    ...(Object.keys(terms.names).length > 0 && { ExpressionAttributeNames: terms.names }),
    ...(Object.keys(terms.values).length > 0 && { ExpressionAttributeValues: terms.values }),
  };
}

async function unlessRefused<Answer>(sent: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
