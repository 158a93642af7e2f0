// The embedded default: serverless.yml on one machine. Emulators, functions in worker threads, one HTTP port, schedules.
import { join } from "node:path";
import { SQSClient } from "@aws-sdk/client-sqs";
import { bundleFunctions } from "../aws/bundle.ts";
import { type CloudAtHand, cloudAtHand } from "./cloud-at-hand.ts";
import { resolveCloudFormation } from "./cloudformation.ts";
import { holdDataFolder } from "./data-folder.ts";
import { openFunctionLog } from "./function-log.ts";
import { type FunctionPool, openFunctionPool } from "./function-pool.ts";
import { openHttpPort, type RoutedFunction } from "./http-port.ts";
import { startQueueEmulator } from "./queue-emulator.ts";
import { type Poller, startPoller } from "./queue-poller.ts";
import { createResources } from "./resources.ts";
import { type FunctionDefinition, readServerlessFile } from "./serverless-file.ts";
import type { HostSettings } from "./settings.ts";
import { startTableEmulator } from "./table-emulator.ts";

export type HostOptions = HostSettings & {
  /** Told what an operator should see; standard error by default. */
  warn?: (line: string) => void;
  /** In place of the rates of serverless.yml, by function: how often a schedule runs. */
  ratesMs?: Record<string, number>;
  /** For the functions, beside what serverless.yml gives them. */
  env?: Record<string, string>;
};

export type Host = {
  url: string;
  cloud: CloudAtHand;
  logFile: string;
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Takes no more work, lets running invocations end (10 s at most), stops everything. */
  close(): Promise<void>;
};

const serviceFolder = join(import.meta.dirname, "../..");
const stage = "local";
const region = "eu-central-1";
const accountId = "000000000000";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
/** So many instances of an HTTP function run at once. */
const maxHttpInstances = 2;
const graceMs = 10_000;

/** Everything listens on 127.0.0.1. Throws DataFolderInUse where another process has the folder, and an Error that says what to do for a taken port. */
export async function startHost(options: HostOptions): Promise<Host> {
  const warn = options.warn ?? ((line) => process.stderr.write(`${line}\n`));
  const folder = holdDataFolder(options.dataFolder);
  const closing: (() => Promise<void> | void)[] = [() => folder.release()];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const [service, queues, table, cloud] = await Promise.all([
      readServerlessFile(serviceFolder, stage),
      startQueueEmulator(join(options.dataFolder, "queues")),
      startTableEmulator(join(options.dataFolder, "table")),
      cloudAtHand(options),
    ]);
    const sqs = new SQSClient({ endpoint: queues.url, region, credentials });
    closing.push(
      () => table.close(),
      () => queues.close(),
      () => cloud.close(),
    );
    const names = { region, accountId, sqsUrl: queues.url };
    await createResources(service, names, { sqs, dynamodb: { endpoint: table.url, region, credentials } }, table.store);

    const log = openFunctionLog(join(options.dataFolder, "log"), warn);
    const emulators = {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_SQS: queues.url,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
    };
    const bundles = await bundleFunctions(service.functions, {
      serviceFolder,
      outFolder: join(options.dataFolder, "build"),
    });
    const pools = new Map<string, FunctionPool>();
    for (const definition of service.functions) {
      const bundle = bundles.find(({ name }) => name === definition.name);
      if (!bundle) throw new Error(`function ${definition.name} was not bundled`);
      const environment = resolveCloudFormation(definition.environment, service.resources, names) as Record<
        string,
        unknown
      >;
      const pool = openFunctionPool({
        functionName: definition.name,
        bundleFile: bundle.file,
        exportName: definition.handler.slice(definition.handler.lastIndexOf(".") + 1),
        env: { ...inherited(), ...defined(environment), ...emulators, ...cloud.env, ...options.env },
        timeoutMs: (definition.timeout ?? 6) * 1000,
        maxInstances: maxInstances(definition),
        log,
      });
      pools.set(definition.name, pool);
    }
    closing.push(async () => void (await Promise.all([...pools.values()].map((pool) => pool.close(graceMs)))));
    const invoke = async (name: string, event: unknown) => {
      const pool = pools.get(name);
      if (!pool) throw new Error(`serverless.yml has no function ${name}`);
      return await pool.invoke(event);
    };

    const pollers: Poller[] = [];
    const routed: RoutedFunction[] = [];
    const timers: NodeJS.Timeout[] = [];
    for (const { name, events } of service.functions) {
      for (const event of events) {
        if ("httpApi" in event) routed.push({ route: event.httpApi, invoke: (input) => invoke(name, input) });
        if ("sqs" in event) {
          const arn = String(resolveCloudFormation(event.sqs.arn, service.resources, names));
          const queueUrl = `${queues.url}/${accountId}/${arn.slice(arn.lastIndexOf(":") + 1)}`;
          const { batchSize, maximumConcurrency } = event.sqs;
          pollers.push(
            startPoller({
              sqs,
              queueUrl,
              batchSize,
              maximumConcurrency,
              invoke: (input) => invoke(name, input),
              warn: (text) => log.warn(name, text),
            }),
          );
        }
        if ("schedule" in event) {
          const run = () => void invoke(name, {}).catch((error) => log.warn(name, String(error)));
          timers.push(setInterval(run, options.ratesMs?.[name] ?? event.schedule), setTimeout(run, 1_000));
        }
      }
    }
    closing.push(async () => {
      for (const timer of timers) clearTimeout(timer);
      await Promise.race([
        Promise.all(pollers.map((poller) => poller.close())),
        new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
      ]);
    });
    const port = await openHttpPort(options.port, routed, (text) => log.warn("http", text));
    closing.push(() => port.close());
    folder.note({ url: port.url });
    return { url: port.url, cloud, logFile: log.file, invoke, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function maxInstances({ events }: FunctionDefinition): number {
  const [mapping] = events.flatMap((event) => ("sqs" in event ? [event.sqs.maximumConcurrency] : []));
  return mapping ?? maxHttpInstances;
}

/** Of our own environment the functions see how clouds and certificates are found, and how much to log. */
function inherited(): Record<string, string> {
  const wanted = /^(OS_|DARKROOM_|LOG_LEVEL$|HOME$|XDG_|PATH$|TZ$|NODE_EXTRA_CA_CERTS$|SSL_CERT_)/;
  return defined(Object.fromEntries(Object.entries(process.env).filter(([name]) => wanted.test(name))));
}

function defined(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
