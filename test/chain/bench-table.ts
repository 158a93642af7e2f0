// The table as serverless.yml declares it, on an engine that speaks DynamoDB's protocol: the emulator, or another whose address is given.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createResources } from "../../infra/local/resources.ts";
import { readServerlessFile } from "../../infra/local/serverless-file.ts";
import { startTableEmulator, type TableEmulator } from "../../infra/local/table-emulator.ts";

/** Names another engine's address; the very same tests then run on it. */
export const engineVariable = "DARKROOM_TEST_DYNAMODB";

/** Makes the table `darkroom-bench`; the environment then names its engine. */
export async function openBenchTable(folder: string): Promise<TableEmulator> {
  const url = process.env[engineVariable];
  const engine = url ? foreignEngine(url) : await startTableEmulator(join(folder, "table"));
  // DynamoDB Local keeps a database for each access key: every bench has a table of its own.
  const accessKeyId = `bench${randomBytes(8).toString("hex")}`;
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
  });
  const service = await readServerlessFile(join(import.meta.dirname, "../.."), "bench");
  const tables = Object.entries(service.resources).filter(([, { Type }]) => Type === "AWS::DynamoDB::Table");
  const credentials = { accessKeyId, secretAccessKey: "bench" };
  const clients = { sqs: new SQSClient({}), dynamodb: { endpoint: engine.url, region, credentials } };
  const names = { region, accountId: "000000000000", sqsUrl: "http://127.0.0.1:9" };
  await createResources({ ...service, resources: Object.fromEntries(tables) }, names, clients, engine.store);
  return engine;
}

const region = "eu-central-1";

/** Whoever started it stops it; a new access key finds it empty. */
function foreignEngine(url: string): TableEmulator {
  return {
    url,
    store: {
      ready: async () => undefined,
      table: async () => undefined,
      changeIndexes: () => Promise.reject(new Error("the indexes of a foreign engine's table are not changed")),
    },
    close: async () => undefined,
  };
}
