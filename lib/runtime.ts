// What every function has at hand: store, locks, queue, providers, clock; opened once a process from the environment.
import * as z from "zod";
import { openQueue, type Queue } from "./aws/queue.ts";
import { readConfigurationSecret } from "./aws/secret.ts";
import { openTable, type Table } from "./aws/table.ts";
import { openRateLimits, type RateLimits } from "./http/rate-limit.ts";
import { openRecentCalls, type RecentCalls } from "./http/recent-calls.ts";
import { type NoticeStore, openNoticeStore } from "./notify/notice-store.ts";
import type { ConnectOptions } from "./openstack/index.ts";
import { type Providers, readProviders } from "./providers/configuration.ts";
import { type EvidenceStore, openEvidenceStore } from "./requests/evidence.ts";
import { type Locks, openLocks } from "./requests/locks.ts";
import { openRequestStore, type RequestStore } from "./requests/store.ts";

export interface Runtime {
  /** For stores that only few functions need. */
  readonly table: Table;
  readonly store: RequestStore;
  readonly locks: Locks;
  readonly evidence: EvidenceStore;
  readonly queue: Queue;
  readonly notices: NoticeStore;
  readonly rates: RateLimits;
  readonly recentCalls: RecentCalls;
  readonly providers: Providers;
  readonly clock: { now(): number };
  readonly settings: Settings;
}

export type Settings = z.output<typeof environment>;

const environment = z
  .object({
    TABLE_NAME: z.string().min(3),
    QUEUE_URL_PREFIX: z.url(),
    /** A call that a dead worker sent has had its effect after this long beyond the worker's time-out. */
    DARKROOM_SETTLED_AFTER_SECONDS: z.coerce.number().min(0).max(3600).default(120),
    /** By which road mail goes (lib/notify/open-mailer.ts); left out, none is sent. What the secret says under `mail` comes first. */
    DARKROOM_MAIL: z
      .string()
      .regex(/^(ses|smtps?:\/\/.+|file:.+)$/, "must be ses, smtp://…, smtps://… or file:…")
      .optional(),
    /** `allowed`: webhooks may go to this machine, by http too. Of the embedded default with the simulated cloud. */
    DARKROOM_WEBHOOKS_TO_LOOPBACK: z.enum(["allowed", "refused"]).default("refused"),
  })
  .transform((env) => ({
    tableName: env.TABLE_NAME,
    queueUrlPrefix: env.QUEUE_URL_PREFIX,
    settledAfterMs: env.DARKROOM_SETTLED_AFTER_SECONDS * 1000,
    mail: env.DARKROOM_MAIL,
    webhooksToLoopback: env.DARKROOM_WEBHOOKS_TO_LOOPBACK === "allowed",
  }));

let opened: Promise<Runtime> | undefined;

/** The process's own; a failed opening is tried anew at the next call. */
export function openRuntime(): Promise<Runtime> {
  opened ??= openRuntimeFrom(process.env).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** Gives this process a runtime of the caller's own: for whoever runs the functions with another clock or queue. */
export function openRuntimeWith(runtime: Runtime): void {
  opened = Promise.resolve(runtime);
}

/** `connecting`: how clouds are connected to. Throws an Error that names every wrong setting. */
export async function openRuntimeFrom(env: NodeJS.ProcessEnv, connecting: ConnectOptions = {}): Promise<Runtime> {
  const texts = env.DARKROOM_SECRET_ID ? await readConfigurationSecret(env.DARKROOM_SECRET_ID) : undefined;
  const parsed = environment.safeParse({ ...env, ...(texts?.mail !== undefined && { DARKROOM_MAIL: texts.mail }) });
  if (!parsed.success) {
    throw new Error(
      `wrong settings: ${parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; ")}`,
    );
  }
  const settings = parsed.data;
  const table = openTable(settings.tableName);
  const store = openRequestStore(table);
  return {
    table,
    store,
    locks: openLocks(table, (id) => store.get(id)),
    evidence: openEvidenceStore(table),
    queue: openQueue(settings.queueUrlPrefix),
    notices: openNoticeStore(table),
    rates: openRateLimits(table, Date),
    recentCalls: openRecentCalls(),
    providers: readProviders(env, texts, connecting),
    clock: Date,
    settings,
  };
}
