// What an operator sets, by environment; secrets by files where they shall not stand in one.
import { readFileSync } from "node:fs";
import * as z from "zod";
import { webhookSecret } from "../../lib/hooks/standard-webhook.ts";

export type BridgeSettings = z.output<typeof environment>;

const names = (byDefault: string) =>
  z
    .string()
    .default(byDefault)
    .transform((value) => value.split(",").map((name) => name.trim()))
    .pipe(z.array(z.string().regex(/^[\w.-]{1,100}$/, "must be names, separated by commas")).min(1));

const environment = z
  .object({
    BRIDGE_RABBITMQ_URL: z
      .string()
      .regex(/^(amqps?|rabbit):\/\//, "must begin with amqp://, amqps:// or rabbit://")
      .transform(amqpUrl),
    BRIDGE_HOOK_URL: z.url({ protocol: /^https?$/ }),
    BRIDGE_SECRET: webhookSecret,
    BRIDGE_QUEUE: z
      .string()
      .regex(/^[\w.-]{1,100}$/)
      .default("darkroom-events"),
    BRIDGE_QUEUE_LENGTH: z.coerce.number().int().min(100).max(1_000_000).default(10_000),
    BRIDGE_EXCHANGES: names("nova,glance"),
    BRIDGE_TOPICS: names("versioned_notifications,notifications"),
  })
  .transform((env) => ({
    rabbitmqUrl: env.BRIDGE_RABBITMQ_URL,
    hookUrl: env.BRIDGE_HOOK_URL,
    secret: env.BRIDGE_SECRET,
    queue: env.BRIDGE_QUEUE,
    queueLength: env.BRIDGE_QUEUE_LENGTH,
    exchanges: env.BRIDGE_EXCHANGES,
    topics: env.BRIDGE_TOPICS,
  }));

/** Throws an Error that names every wrong setting. `NAME_FILE` gives a file that holds the value of `NAME`. */
export function readSettings(env: NodeJS.ProcessEnv): BridgeSettings {
  const fromFiles = Object.fromEntries(
    ["BRIDGE_RABBITMQ_URL", "BRIDGE_SECRET"].flatMap((name) => {
      const file = env[`${name}_FILE`];
      return file ? [[name, readFileSync(file, "utf8").trim()]] : [];
    }),
  );
  const parsed = environment.safeParse({ ...env, ...fromFiles });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`wrong settings: ${issues.join("; ")}`);
}

/** oslo.messaging's scheme, and its "/" for the default virtual host, as amqplib reads them. */
function amqpUrl(value: string): string {
  return value.replace(/^rabbit:/, "amqp:").replace(/\/$/, "");
}
