// For an operator's commands: the table and the clouds of the Darkroom at hand, in this process.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openRuntimeFrom, type Runtime } from "../../lib/runtime.ts";
import { noteOf } from "../local/data-folder.ts";
import { readSettings } from "../local/settings.ts";

/**
 * With `TABLE_NAME` set: that table, with the AWS SDK's own environment, and clouds.yaml as the functions find it. Else the Darkroom that runs on this machine with
 * `DARKROOM_DATA`. Throws an Error that says what to do.
 */
export async function runtimeAtHand(env: NodeJS.ProcessEnv): Promise<Runtime> {
  process.env.LOG_LEVEL ??= "warn";
  if (env.TABLE_NAME) return await openRuntimeFrom({ QUEUE_URL_PREFIX: "https://sqs.invalid/none-", ...env });
  const settings = readSettings(env);
  const endpoints = endpointsOf(settings.dataFolder);
  // The emulators' own: whatever of an AWS account is set here is not meant.
  Object.assign(process.env, {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  });
  const clouds = join(settings.dataFolder, "clouds.yaml");
  const ownPolicy = join(settings.dataFolder, "darkroom.yaml");
  const simulated = !settings.cloudName && existsSync(clouds);
  return await openRuntimeFrom({
    ...env,
    TABLE_NAME: "darkroom-local",
    QUEUE_URL_PREFIX: `${endpoints.sqs}/000000000000/darkroom-local-`,
    ...(simulated && { OS_CLIENT_CONFIG_FILE: clouds, OS_CLIENT_SECURE_FILE: clouds, OS_CLOUD: "darkroom" }),
    ...(settings.policyFile
      ? { DARKROOM_CONFIG: settings.policyFile }
      : simulated && existsSync(ownPolicy) && { DARKROOM_CONFIG: ownPolicy }),
  });
}

function endpointsOf(dataFolder: string): { sqs: string; dynamodb: string } {
  const idle = new Error(
    `no Darkroom runs with ${dataFolder}: start it (npm start), name its folder in DARKROOM_DATA, or name a table in TABLE_NAME`,
  );
  if (!existsSync(join(dataFolder, "holder.json"))) throw idle;
  const { pid, endpoints } = noteOf(dataFolder);
  try {
    process.kill(pid, 0); // asks whether it lives, no more
  } catch {
    throw idle;
  }
  if (!endpoints) throw idle;
  return endpoints;
}
