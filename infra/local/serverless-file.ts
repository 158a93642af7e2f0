// serverless.yml as the local host needs it: functions with their routes, queues and rates, and the resources they use.
import { join } from "node:path";
import * as z from "zod";
import { corsOrigins } from "../aws/cors-origins.ts";
import type { Cors } from "./cors.ts";
import { readVariables } from "./serverless-variables.ts";

/** `timeout` in seconds, as Lambda counts; `memorySize` in MiB. */
export type FunctionDefinition = z.infer<typeof functionShape> & { name: string; timeout: number; memorySize: number };
export type Route = { method: string; path: string };
export type QueueMapping = z.infer<typeof queueMappingShape>;
export type Resource = z.infer<typeof resourceShape>;
export type Service = {
  name: string;
  stage: string;
  functions: FunctionDefinition[];
  resources: Record<string, Resource>;
  /** Absent: no page of another origin may call. */
  cors?: Cors;
};

/**
 * Read `serverless.yml` in `serviceFolder` for one stage, with the files that it includes. CloudFormation's functions stay as they
 * are (`{ Ref: … }`): see cloudformation.ts. Throws an Error that names the place for what this host could not run as AWS would.
 */
export async function readServerlessFile(serviceFolder: string, stage: string): Promise<Service> {
  const content = await readVariables(join(serviceFolder, "serverless.yml"), { stage });
  const parsed = serviceShape.safeParse(content);
  if (!parsed.success) throw new Error(`serverless.yml: ${z.prettifyError(parsed.error)}`);
  const { service, provider, functions, resources } = parsed.data;
  const { cors } = provider.httpApi;
  return {
    name: service,
    stage,
    ...(cors && cors.allowedOrigins.length > 0 && { cors }),
    functions: Object.entries(functions).map(([name, definition]) => ({
      ...definition,
      name,
      timeout: definition.timeout ?? provider.timeout,
      memorySize: definition.memorySize ?? provider.memorySize,
      environment: { ...provider.environment, ...definition.environment },
    })),
    resources: Object.assign({}, ...resources.map((part) => part.Resources)),
  };
}

const environmentShape = z.record(z.string(), z.unknown());

const routeShape = z.union([
  z.string().transform((route) => splitRoute(route)),
  z.object({ method: z.string(), path: z.string() }),
]);

const queueMappingShape = z.strictObject({
  arn: z.unknown(),
  batchSize: z.int().min(1).max(10).default(10),
  maximumConcurrency: z.int().min(1).default(5),
  functionResponseType: z.literal("ReportBatchItemFailures").optional(),
});

const rateShape = z.string().transform((rate, context) => rateMs(rate) ?? invalid(context, `${rate} is not a rate(…)`));

const eventShape = z.union([
  z.strictObject({ httpApi: routeShape }),
  z.strictObject({ sqs: queueMappingShape }),
  z.strictObject({ schedule: rateShape }),
]);

const corsShape = z.strictObject({
  allowedOrigins: z.array(z.string()).transform(corsOrigins),
  allowedHeaders: z.array(z.string()),
  allowedMethods: z.array(z.string()),
  exposedResponseHeaders: z.array(z.string()).default([]),
  maxAge: z.int().min(0).default(0),
});

const functionShape = z.object({
  handler: z.string().regex(/^[\w./-]+\.\w+$/),
  /** Seconds, as Lambda counts. */
  timeout: z.number().positive().max(900).optional(),
  /** MiB. */
  memorySize: z.int().min(128).optional(),
  environment: environmentShape.default({}),
  events: z.array(eventShape).default([]),
});

const resourceShape = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });

const serviceShape = z.object({
  service: z.string(),
  provider: z.object({
    timeout: z.number().default(6),
    memorySize: z.int().default(1024),
    environment: environmentShape.default({}),
    httpApi: z.object({ cors: corsShape.optional() }).default({}),
  }),
  functions: z.record(z.string(), functionShape),
  resources: z.array(z.object({ Resources: z.record(z.string(), resourceShape).default({}) })).default([]),
});

function splitRoute(route: string): Route {
  const [method = "", path = ""] = route.split(" ");
  return { method: method.toUpperCase(), path };
}

function rateMs(rate: string): number | undefined {
  const found = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rate);
  const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[found?.[2] ?? ""];
  return unitMs === undefined ? undefined : Number(found?.[1]) * unitMs;
}

function invalid(context: { addIssue(message: string): void }, message: string): never {
  context.addIssue(message);
  return z.NEVER;
}
