// SQS and DynamoDB on this machine, with the queues and tables that serverless.yml declares.
import { join } from "node:path";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { LocalNames } from "./cloudformation.ts";
import { startQueueEmulator } from "./queue-emulator.ts";
import { createResources } from "./resources.ts";
import type { Service } from "./serverless-file.ts";
import { startTableEmulator } from "./table-emulator.ts";

export type Emulators = {
  names: LocalNames;
  endpoints: { sqs: string; dynamodb: string };
  sqs: SQSClient;
  /** By which the AWS SDK in a function finds the emulators. */
  env: Record<string, string>;
  close(): Promise<void>;
};

const region = "eu-central-1";
const accountId = "000000000000";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** Start both, their state below `dataFolder`, which the caller holds. What is declared and missing is made. */
export async function startEmulators(dataFolder: string, service: Service): Promise<Emulators> {
  const queues = await startQueueEmulator(join(dataFolder, "queues"));
  const table = await startTableEmulator(join(dataFolder, "table")).catch(async (error: unknown) => {
    await queues.close();
    throw error;
  });
  const sqs = new SQSClient({ endpoint: queues.url, region, credentials, useQueueUrlAsEndpoint: false });
  const names = { region, accountId, sqsUrl: queues.url };
  const close = async () => {
    sqs.destroy();
    await table.close();
    await queues.close();
  };
  try {
    await createResources(service, names, { sqs, dynamodb: { endpoint: table.url, region, credentials } }, table.store);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    names,
    endpoints: { sqs: queues.url, dynamodb: table.url },
    sqs,
    env: {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_SQS: queues.url,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
    },
    close,
  };
}
