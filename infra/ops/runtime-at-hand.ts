// For an operator's commands: the table and the clouds of the Darkroom at hand, in this process.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openRuntimeFrom, type Runtime } from "../../lib/runtime.ts";
import { DataFolderInUse, holdDataFolder, noteOf } from "../local/data-folder.ts";
import { type Emulators, startEmulators } from "../local/emulators.ts";
import { readServerlessFile } from "../local/serverless-file.ts";
import { readSettings } from "../local/settings.ts";

export interface AtHand {
  readonly runtime: Runtime;
  close(): Promise<void>;
}

/**
 * With `TABLE_NAME` set: that table, with the AWS SDK's own environment, and clouds.yaml as the functions find it. Else the table in `DARKROOM_DATA`: of the
 * Darkroom that runs with it on this machine, or, where none does, opened here until `close`, so that none can start meanwhile: nothing of Darkroom is at
 * work then. Throws an Error that says what to do.
 */
export async function openAtHand(env: NodeJS.ProcessEnv): Promise<AtHand> {
  process.env.LOG_LEVEL ??= "warn";
  if (env.TABLE_NAME) {
    const runtime = await openRuntimeFrom({ QUEUE_URL_PREFIX: "https://sqs.invalid/none-", ...env });
    return { runtime, close: () => closeClouds(runtime) };
  }
  const { dataFolder, cloudName, policyFile } = readSettings(env);
  const { endpoints, close } = await emulatorsOf(dataFolder);
  try {
    // The emulators' own: whatever of an AWS account is set here is not meant.
    Object.assign(process.env, {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_SQS: endpoints.sqs,
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    });
    const clouds = join(dataFolder, "clouds.yaml");
    const ownPolicy = join(dataFolder, "darkroom.yaml");
    const simulated = !cloudName && existsSync(clouds);
    const runtime = await openRuntimeFrom({
      ...env,
      TABLE_NAME: `darkroom-${stage}`,
      QUEUE_URL_PREFIX: `${endpoints.sqs}/000000000000/darkroom-${stage}-`,
      ...(simulated && { OS_CLIENT_CONFIG_FILE: clouds, OS_CLIENT_SECURE_FILE: clouds, OS_CLOUD: "darkroom" }),
      ...(policyFile
        ? { DARKROOM_CONFIG: policyFile }
        : simulated && existsSync(ownPolicy) && { DARKROOM_CONFIG: ownPolicy }),
    });
    return { runtime, close: async () => void (await closeClouds(runtime).finally(close)) };
  } catch (error) {
    await close();
    throw error;
  }
}

const stage = "local";

/** Of the Darkroom that has the folder; else started here. */
async function emulatorsOf(dataFolder: string): Promise<Pick<Emulators, "endpoints" | "close">> {
  if (!existsSync(join(dataFolder, "table"))) {
    throw new Error(
      `${dataFolder} is no data folder of Darkroom: name the right one in DARKROOM_DATA, or a table in TABLE_NAME`,
    );
  }
  try {
    const folder = holdDataFolder(dataFolder);
    try {
      const service = await readServerlessFile(join(import.meta.dirname, "../.."), stage);
      const emulators = await startEmulators(dataFolder, service);
      return { endpoints: emulators.endpoints, close: () => emulators.close().finally(folder.release) };
    } catch (error) {
      folder.release();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    const { endpoints } = noteOf(dataFolder);
    if (!endpoints) throw new Error(`the Darkroom in ${dataFolder} is of an older version: stop it first`);
    return { endpoints, close: async () => undefined };
  }
}

async function closeClouds({ providers }: Runtime): Promise<void> {
  for (const { service, staff, directory } of providers.all)
    await Promise.all([service.close(), staff?.close(), directory?.close()]);
}
