// The embedded default: serverless.yml on one machine. Emulators, functions in worker threads, one HTTP port, schedules.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readProviders } from "../../lib/providers/configuration.ts";
import { bundleFunctions } from "../aws/bundle.ts";
import { type CloudAtHand, cloudAtHand } from "./cloud-at-hand.ts";
import { type LocalNames, resolveCloudFormation } from "./cloudformation.ts";
import { holdDataFolder } from "./data-folder.ts";
import { type Emulators, startEmulators } from "./emulators.ts";
import { type FunctionLog, openFunctionLog } from "./function-log.ts";
import { type FunctionPool, openFunctionPool } from "./function-pool.ts";
import { openHttpPort, type RoutedFunction } from "./http-port.ts";
import { startPoller } from "./queue-poller.ts";
import { startSchedule } from "./schedule.ts";
import { type FunctionDefinition, readServerlessFile, type Service } from "./serverless-file.ts";
import type { HostSettings } from "./settings.ts";

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
  /** Where the emulators listen; a queue's URL is `${sqs}/000000000000/` and its name. */
  endpoints: Emulators["endpoints"];
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Takes no more work, lets running invocations end (10 s at most), stops everything. */
  close(): Promise<void>;
};

const serviceFolder = join(import.meta.dirname, "../..");
const stage = "local";
/** So many instances of an HTTP function run at once. */
const maxHttpInstances = 2;
const graceMs = 10_000;

/** Everything listens on 127.0.0.1. Throws DataFolderInUse where another process has the folder, and an Error that says what to do for a taken port. */
export async function startHost(options: HostOptions): Promise<Host> {
  const warn = options.warn ?? ((line) => process.stderr.write(`${line}\n`));
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const folder = holdDataFolder(options.dataFolder);
    closing.push(async () => folder.release());
    const service = await readServerlessFile(serviceFolder, stage);
    const cloud = await cloudAtHand(options);
    closing.push(() => cloud.close());
    const emulators = await startEmulators(options.dataFolder, service);
    closing.push(() => emulators.close());

    const log = openFunctionLog(join(options.dataFolder, "log"), warn);
    const env = {
      ...defaults(options.dataFolder, cloud),
      ...inherited(),
      ...emulators.env,
      ...cloud.env,
      ...options.env,
    };
    // What is wrong in clouds.yaml or the policy is said now, not by the first function that needs it.
    readProviders(env);
    const pools = await openPools(service, options.dataFolder, { env, names: emulators.names, log });
    // All at once: nothing new is taken from anywhere, and what runs has one bound.
    const serving = [...pools.values()].map((pool) => () => pool.close(graceMs));
    closing.push(() => Promise.all(serving.map((stop) => stop())));
    const invoke = async (name: string, event: unknown) => {
      const pool = pools.get(name);
      if (!pool) throw new Error(`serverless.yml has no function ${name}`);
      return await pool.invoke(event);
    };

    // The port first: where it is taken, no message has been touched.
    const warnOfHttp = (text: string) => log.warn("http", text);
    const port = await openHttpPort(options.port, routedFunctions(service, invoke), warnOfHttp, {
      cors: service.cors,
      proxies: options.proxies ?? 0,
    });
    serving.push(() => port.close(graceMs));
    const sources = startEventSources(service, emulators, { invoke, ratesMs: options.ratesMs ?? {}, log });
    serving.push(() => withinMs(graceMs, sources.close()));
    folder.note({ url: port.url, endpoints: emulators.endpoints });
    return { url: port.url, cloud, logFile: log.file, endpoints: emulators.endpoints, invoke, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Invoke = (functionName: string, event: unknown) => Promise<unknown>;

async function openPools(
  service: Service,
  dataFolder: string,
  { env, names, log }: { env: Record<string, string>; names: LocalNames; log: FunctionLog },
): Promise<Map<string, FunctionPool>> {
  const outFolder = join(dataFolder, "build");
  rmSync(outFolder, { recursive: true, force: true });
  const bundles = await bundleFunctions(service.functions, { serviceFolder, outFolder }, { sharedChunks: true });
  const pools = new Map<string, FunctionPool>();
  for (const definition of service.functions) {
    const { name, handler, timeout, memorySize, environment } = definition;
    const bundle = bundles.find((each) => each.name === name);
    if (!bundle) throw new Error(`function ${name} was not bundled`);
    const declared = resolveCloudFormation(environment, service.resources, names) as Record<string, unknown>;
    const pool = openFunctionPool({
      functionName: name,
      bundleFile: bundle.file,
      exportName: handler.slice(handler.lastIndexOf(".") + 1),
      env: { ...defined(declared), ...env },
      timeoutMs: timeout * 1000,
      memoryMib: memorySize,
      maxInstances: maxInstances(definition),
      log,
    });
    pools.set(name, pool);
  }
  return pools;
}

/** Queues and schedules: what calls functions without being asked. */
function startEventSources(
  service: Service,
  { sqs, names }: Emulators,
  { invoke, ratesMs, log }: { invoke: Invoke; ratesMs: Record<string, number>; log: FunctionLog },
): { close(): Promise<void> } {
  const sources: (() => Promise<void>)[] = [];
  for (const { name, events } of service.functions) {
    const called = { invoke: (event: unknown) => invoke(name, event), warn: (text: string) => log.warn(name, text) };
    for (const event of events) {
      if ("sqs" in event) {
        const { arn, batchSize, maximumConcurrency, functionResponseType } = event.sqs;
        const queueArn = String(resolveCloudFormation(arn, service.resources, names));
        const queueUrl = `${names.sqsUrl}/${names.accountId}/${queueArn.slice(queueArn.lastIndexOf(":") + 1)}`;
        const reportsFailures = functionResponseType !== undefined;
        const poller = startPoller({
          sqs,
          queueUrl,
          queueArn,
          batchSize,
          maximumConcurrency,
          reportsFailures,
          ...called,
        });
        sources.push(() => poller.close());
      }
      if ("schedule" in event) {
        const schedule = startSchedule(ratesMs[name] ?? event.schedule, called.invoke, called.warn);
        sources.push(() => schedule.stop());
      }
    }
  }
  return { close: async () => void (await Promise.all(sources.map((stop) => stop()))) };
}

function routedFunctions(service: Service, invoke: Invoke): RoutedFunction[] {
  return service.functions.flatMap(({ name, events }) =>
    events.flatMap((event) =>
      "httpApi" in event ? [{ route: event.httpApi, invoke: (input: unknown) => invoke(name, input) }] : [],
    ),
  );
}

async function withinMs(boundMs: number, work: Promise<void>): Promise<void> {
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, boundMs).unref())]);
}

function maxInstances({ events }: FunctionDefinition): number {
  const [mapping] = events.flatMap((event) => ("sqs" in event ? [event.sqs.maximumConcurrency] : []));
  return mapping ?? maxHttpInstances;
}

/** Mail rests in a folder where no server is named; with the simulated cloud, which only this machine reaches, webhooks may go to this machine. */
function defaults(dataFolder: string, { simulated }: CloudAtHand): Record<string, string> {
  return {
    DARKROOM_MAIL: `file:${join(dataFolder, "mail")}`,
    ...(simulated && { DARKROOM_WEBHOOKS_TO_LOOPBACK: "allowed" }),
  };
}

/** Of our own environment the functions see how clouds and certificates are found, and how much to log. */
function inherited(): Record<string, string> {
  const wanted = /^(OS_|DARKROOM_|LOG_LEVEL$|HOME$|XDG_|SNAP_REAL_HOME$|PATH$|TZ$|NODE_EXTRA_CA_CERTS$|SSL_CERT_)/;
  return defined(Object.fromEntries(Object.entries(process.env).filter(([name]) => wanted.test(name))));
}

function defined(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
