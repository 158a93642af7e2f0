// A real event: from Nova through RabbitMQ and the bridge's own process to the hook, and to the step that waits. Measured with the bridge and without.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "amqplib";
import type { Server } from "../../lib/openstack/index.ts";
import { machineSecret } from "../chain/signed-call.ts";
import { bootServer, deleteServer, openRealCloud, type RealCloud } from "./real-cloud.ts";

const rabbitmqUrl = "amqp://rig:rigpass@127.0.0.1:5672";
const imageUrl = "http://127.0.0.1:9292/v2/images";
const queue = "darkroom-events-test";
const root = join(import.meta.dirname, "../..");
/** Nova waits so long for a guest that does not listen: between two looks at the pace that the chain has by itself. */
const stopSeconds = 28;
const runs = 2;

let cloud: RealCloud;
let source: Server;
let imageId: string;
let bridge: ChildProcess | undefined;
const made: string[] = [];

beforeAll(async () => {
  cloud = await openRealCloud({ eventSecret: machineSecret, callsPerMinute: { reading: 10_000 } });
  imageId = await deafImage();
  source = await bootServer(cloud.as("user-a"), "darkroom-events-source", imageId, { until: /^/ });
});

afterAll(async () => {
  await endBridge();
  const member = cloud.as("user-a");
  await deleteServer(member, source.id).catch(() => undefined);
  for (const id of [...made, imageId]) await member.image.deleteImage(id).catch(() => undefined);
  await cloud.close();
  const connection = await connect(rabbitmqUrl);
  const channel = await connection.createChannel();
  for (const each of [queue, `${queue}-undeliverable`]) await channel.deleteQueue(each);
  await connection.close();
});

/** An empty disk: nothing hears that it is to stop. */
async function deafImage(): Promise<string> {
  const { id: token } = await cloud.as("user-a").token();
  const headers = { "x-auth-token": token, "content-type": "application/json" };
  const wish = {
    name: "deaf",
    disk_format: "raw",
    container_format: "bare",
    min_disk: 1,
    os_shutdown_timeout: `${stopSeconds}`,
  };
  const image = await fetch(imageUrl, { method: "POST", headers, body: JSON.stringify(wish) });
  const { id } = (await image.json()) as { id: string };
  const bytes = {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: Buffer.alloc(2 ** 20),
  };
  expect((await fetch(`${imageUrl}/${id}/file`, bytes)).status).toBe(204);
  return id;
}

/** `npm run bridge`, as an operator runs it. Resolves when it is bound to Nova's and Glance's exchanges. */
async function beginBridge(): Promise<void> {
  const env = {
    ...process.env,
    LOG_LEVEL: "info",
    BRIDGE_RABBITMQ_URL: rabbitmqUrl,
    BRIDGE_HOOK_URL: `${cloud.url}/v1/hooks/clouds/real`,
    BRIDGE_SECRET: machineSecret,
    BRIDGE_QUEUE: queue,
  };
  const child = spawn(process.execPath, ["infra/event-bridge/main.ts"], { cwd: root, env });
  bridge = child;
  let said = "";
  const bound = Promise.withResolvers<void>();
  const hear = (chunk: Buffer) => {
    said += chunk;
    if (["nova", "glance"].every((exchange) => said.includes(`"message":"bound","exchange":"${exchange}"`)))
      bound.resolve();
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  child.once("exit", (code) => bound.reject(new Error(`the bridge ended with ${code}: ${said}`)));
  await bound.promise;
}

/** It ends by itself when told to, with nothing taken that was not delivered. */
async function endBridge(): Promise<void> {
  if (!bridge) return;
  const ended = once(bridge, "exit");
  bridge.kill("SIGTERM");
  bridge = undefined;
  expect((await ended)[0]).toBe(0);
}

interface Late {
  /** From SHUTOFF in Nova until the step knew it. */
  readonly stopMs: number;
  /** From the image's being active in Glance until the step knew it. */
  readonly snapshotMs: number;
  readonly wholeMs: number;
}

/** One request, beside it somebody who looks at the server and the image ten times a second. */
async function measured(name: string): Promise<Late> {
  const member = cloud.as("user-a");
  const beganMs = Date.now();
  const id = await cloud.post({ serverId: source.id, name });
  const seen: { stoppedMs?: number; activeMs?: number } = {};
  const watch = (async () => {
    while (seen.activeMs === undefined) {
      if (seen.stoppedMs === undefined) {
        const { status } = await member.compute.getServer(source.id);
        if (status === "SHUTOFF") seen.stoppedMs = Date.now();
      } else {
        for await (const image of member.image.listImages({ owner: source.projectId }))
          if (image.name?.startsWith("darkroom-") && image.status === "active") seen.activeMs = Date.now();
      }
      await sleep(100);
    }
  })();
  const request = await cloud.followToEnd(id);
  const wholeMs = Date.now() - beganMs;
  expect(request).toMatchObject({ status: "completed", problem: null });
  made.push(request.image?.id ?? "");
  await watch;
  const { body } = await cloud.call("user-a", "GET", `/v1/image-requests/${id}/timeline`);
  const doneMs = (step: string) =>
    Date.parse((body.timeline as TimelineEntry[]).find((each) => each.step === step && each.what === "done")?.at ?? "");
  return {
    stopMs: doneMs("quiesce") - (seen.stoppedMs ?? Number.NaN),
    snapshotMs: doneMs("capture") - (seen.activeMs ?? Number.NaN),
    wholeMs,
  };
}

type TimelineEntry = { step: string; what: string; at: string };

test("an event of the cloud ends a wait at once; without the bridge the step is seconds late", async () => {
  const without: Late[] = [];
  const withBridge: Late[] = [];
  for (let run = 0; run < runs; run++) {
    without.push(await measured(`without-${run}`));
    await beginBridge();
    withBridge.push(await measured(`with-${run}`));
    await endBridge();
  }
  const row = (what: string, { stopMs, snapshotMs, wholeMs }: Late) =>
    `${what.padEnd(16)} the step knew of the stop ${stopMs} ms, of the snapshot ${snapshotMs} ms after it; the whole request ${wholeMs} ms`;
  console.log(
    [
      ...without.map((late) => row("without bridge", late)),
      ...withBridge.map((late) => row("with the bridge", late)),
    ].join("\n"),
  );
  const worst = Math.max(...withBridge.map(({ stopMs }) => stopMs));
  const best = Math.min(...without.map(({ stopMs }) => stopMs));
  expect(worst).toBeLessThan(3_000);
  expect(best).toBeGreaterThan(worst);
});
