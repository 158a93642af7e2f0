// One lane of runs: emulators and bundles once; for each run a new cloud, a new request, a process that dies, another that goes on.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { bundleFunctions } from "../../infra/aws/bundle.ts";
import { resolveCloudFormation } from "../../infra/local/cloudformation.ts";
import { startEmulators } from "../../infra/local/emulators.ts";
import { readServerlessFile } from "../../infra/local/serverless-file.ts";
import { handTurnedClock, type SimulatedCloud, startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";
import { openTable } from "../../lib/aws/table.ts";
import { openLocks } from "../../lib/requests/locks.ts";
import { openRequestStore } from "../../lib/requests/store.ts";
import { Gate, type KillPoint } from "./gate.ts";
import { type Process, startProcess } from "./process.ts";
import { type Passed, startProxy } from "./proxy.ts";
import type { Order } from "./worker.ts";

const root = join(import.meta.dirname, "../..");
const workerName = "kill-worker";
/** The cloud is ten times as fast as a real one: a wait is one look or two, not ten that are all alike. */
const speed = 10;
/** Nothing takes so many turns: whatever does goes round for ever. */
const maxTurns = 3000;

export type Lane = Awaited<ReturnType<typeof openLane>>;
export type Run = Awaited<ReturnType<Lane["begin"]>>;

export async function openLane() {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-kill-"));
  const clock = handTurnedClock(Date.now());
  // The queues' emulator reads the machine's time: here it has the one clock of the run.
  const machineNow = Date.now;
  Date.now = clock.now;
  const service = await readServerlessFile(root, "kill");
  const emulators = await startEmulators(folder, service);
  Object.assign(process.env, { ...emulators.env, LOG_LEVEL: "silent" });
  const table = openTable("darkroom-kill");
  const store = openRequestStore(table);
  const locks = openLocks(table, (id) => store.get(id));
  const handlers = service.functions.map(({ name, handler }) => ({ name, handler }));
  const bundles = await bundleFunctions(
    [...handlers, { name: workerName, handler: "test/kill/worker.main" }],
    { serviceFolder: root, outFolder: join(folder, "build") },
    { sharedChunks: true },
  );
  const files = Object.fromEntries(bundles.map(({ name, file }) => [name, file]));
  const timeoutsMs = new Map(service.functions.map(({ name, timeout }) => [name, timeout * 1000]));
  const queueNames = service.functions.flatMap(({ name, events }) =>
    events.some((each) => "sqs" in each) ? [name] : [],
  );

  let gate = new Gate(undefined, async () => undefined);
  /** When a message may be had from a queue: due after its delay, or visible again. */
  let due: { queue: string; atMs: number }[] = [];
  const table$ = await startProxy("table", emulators.endpoints.dynamodb, () => gate);
  const queue$ = await startProxy(
    "queue",
    emulators.endpoints.sqs,
    () => gate,
    (action, body, answer) => due.push(...dueOf(action, body, answer, clock.now())),
  );
  const names = { ...emulators.names, sqsUrl: queue$.url };
  const queueUrl = (queue: string) => `${queue$.url}/${names.accountId}/darkroom-kill-${queue}`;
  let spare: Process | undefined;

  return {
    store,
    locks,
    async close() {
      await spare?.kill();
      await Promise.all([table$.close(), queue$.close()]);
      await emulators.close();
      Date.now = machineNow;
      rmSync(folder, { recursive: true, force: true });
    },

    /** A cloud as new, nothing asked for yet. */
    async begin(plan: KillPoint | undefined, { policy = {}, awayMs = 0, guests }: Surroundings) {
      const cloud = await startSimulatedCloud({ clock, speed });
      guests?.(cloud);
      const cloud$ = await startProxy("cloud", cloud.url, () => gate);
      writeFileSync(join(folder, "clouds.yaml"), cloud.cloudsYaml().replaceAll(cloud.url, cloud$.url));
      const approvers = [{ role: "imaging-staff", project: cloud.ids.project("staff") }];
      const providers = { simulated: { cloud: "darkroom", approvers, ...policy } };
      writeFileSync(join(folder, "darkroom.yaml"), JSON.stringify({ providers }));
      const declared = resolveCloudFormation(service.functions[0]?.environment, service.resources, names);
      const env = {
        ...textsOf(declared as Record<string, unknown>),
        ...emulators.env,
        AWS_ENDPOINT_URL_SQS: queue$.url,
        AWS_ENDPOINT_URL_DYNAMODB: table$.url,
        LOG_LEVEL: "silent",
        OS_CLIENT_CONFIG_FILE: join(folder, "clouds.yaml"),
        DARKROOM_CONFIG: join(folder, "darkroom.yaml"),
      };
      due = [];
      let living: Process | undefined;
      let deaths = 0;
      gate = new Gate(plan, async () => {
        deaths += 1;
        await living?.kill();
      });
      const beganMs = clock.now();

      /** Has a process do it; one that died is followed by a new one at the next order. */
      const tell = async (
        order:
          | Omit<Order & { kind: "invoke" }, "kind" | "timeoutMs" | "nowMs">
          | { function: string; queueUrl: string },
      ) => {
        if (!living) {
          living = spare ?? startProcess(files[workerName] ?? "");
          spare = undefined;
          await living.tell({ kind: "open", env, files });
        }
        gate.at = order.function;
        const timeoutMs = timeoutsMs.get(order.function) ?? 0;
        const kind = "queueUrl" in order ? "deliver" : "invoke";
        const told = await living.tell({ ...order, kind, timeoutMs, nowMs: clock.now() } as Order);
        if (told !== "died") return told;
        living = undefined;
        clock.advance(awayMs);
        return undefined;
      };

      /** The next thing that falls due, whenever that is: a message, or the waker. False where nothing ever will. */
      const turn = async (wakeAtMs: number | undefined): Promise<boolean> => {
        due.sort((a, b) => a.atMs - b.atMs);
        const next = due[0];
        const wakes = wakeAtMs !== undefined && (!next || wakeAtMs < next.atMs);
        const atMs = wakes ? wakeAtMs + 1 : next?.atMs;
        if (atMs === undefined) return false;
        clock.advance(Math.max(0, atMs - clock.now()));
        if (wakes) await tell({ function: "wake", event: {} });
        else if (next) {
          due.shift();
          await tell({ function: next.queue, queueUrl: queueUrl(next.queue) });
        }
        return true;
      };

      return {
        cloud,
        clock,
        tell,
        get effects() {
          return gate.effects;
        },
        get killed() {
          return gate.killed;
        },
        get deaths() {
          return deaths;
        },
        tookMs: () => clock.now() - beganMs,

        /** Until the request has ended, or `until` holds. `lost`: every message but the waker's is thrown away. */
        async drive(id: string, { until, lost = false }: DriveOptions = {}) {
          for (let turns = 0; turns < maxTurns; turns++) {
            const request = await store.get(id);
            if (!request) throw new Error(`request ${id} is not stored`);
            if (request.endedAt !== undefined || until?.(request)) return request;
            if (lost && gate.at !== "wake") {
              await purge();
              due = [];
            }
            if (!(await turn(request.wakeAtMs)))
              throw new Error(`request ${id} is forgotten: ${JSON.stringify(request)}`);
          }
          throw new Error(`request ${id} does not end: ${JSON.stringify(await store.get(id))}`);
        },

        /** Delivers whatever is still in the queues, whenever it is due. */
        async drain() {
          for (let turns = 0; await turn(undefined); turns++)
            if (turns > maxTurns) throw new Error("the queues are never empty");
        },

        /** Puts a message into a step's queue, as whoever redrives one does, or an enemy. */
        async put(queue: string, body: string) {
          const QueueUrl = `${emulators.endpoints.sqs}/${names.accountId}/darkroom-kill-${queue}`;
          await emulators.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
          due.push({ queue, atMs: clock.now() });
        },

        /** Messages in any queue, dead-letter queues too, waiting, delayed or in flight. */
        messages: () => countMessages(),

        /** The process that lived to the end is gone with its run: it knows a cloud that is no more. */
        async end() {
          spare ??= startProcess(files[workerName] ?? "");
          await living?.kill();
          await purge();
          await cloud$.close();
          await cloud.close();
        },
      };
    },
  };

  async function countMessages(): Promise<number> {
    const { QueueUrls = [] } = await emulators.sqs.send(new ListQueuesCommand({}));
    const counts = QueueUrls.map(async (url) => {
      const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
      const { Attributes = {} } = await emulators.sqs.send(asked);
      const kinds = ["", "Delayed", "NotVisible"] as const;
      return kinds.reduce((sum, kind) => sum + Number(Attributes[`ApproximateNumberOfMessages${kind}`] ?? 0), 0);
    });
    return (await Promise.all(counts)).reduce((sum, each) => sum + each, 0);
  }

  async function purge(): Promise<void> {
    for (const name of queueNames)
      await emulators.sqs.send(
        new PurgeQueueCommand({ QueueUrl: `${emulators.endpoints.sqs}/${names.accountId}/darkroom-kill-${name}` }),
      );
  }
}

export interface Surroundings {
  /** The provider's. */
  readonly policy?: Record<string, unknown>;
  /** How long nobody is there after a death. */
  readonly awayMs?: number;
  /** What the cloud's guests do. */
  readonly guests?: (cloud: SimulatedCloud) => void;
}

export interface DriveOptions {
  readonly until?: (request: NonNullable<Awaited<ReturnType<Lane["store"]["get"]>>>) => boolean;
  readonly lost?: boolean;
}

/** What was sent is due after its delay; what was received and is not deleted is visible again after the queue's time-out. */
function dueOf(action: string, body: string, answer: Passed, nowMs: number): { queue: string; atMs: number }[] {
  const asked = JSON.parse(body);
  const queue = /-kill-(\w+)$/.exec(asked.QueueUrl ?? "")?.[1];
  if (queue === undefined || answer.status !== 200) return [];
  if (action.endsWith(".SendMessage")) return [{ queue, atMs: nowMs + (asked.DelaySeconds ?? 0) * 1000 }];
  const received = action.endsWith(".ReceiveMessage") && (JSON.parse(answer.body.toString()).Messages ?? []).length > 0;
  return received ? [{ queue, atMs: nowMs + visibilityMs + 1 }] : [];
}

/** Of every step's queue: infra/aws/queues.yml. */
const visibilityMs = 360_000;

function textsOf(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
