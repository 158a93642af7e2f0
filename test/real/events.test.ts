// A real event: from Nova through RabbitMQ and the bridge's own process to the hook, and to the step that waits. It ends the wait before the step's own next look.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "amqplib";
import type { Server } from "../../lib/openstack/index.ts";
import { machineSecret } from "../chain/signed-call.ts";
import { bootServer, deleteServer, type LoggedLook, openRealCloud, type RealCloud } from "./real-cloud.ts";

const rabbitmqUrl = "amqp://rig:rigpass@127.0.0.1:5672";
const imageUrl = "http://127.0.0.1:9292/v2/images";
const queue = "darkroom-events-test";
const root = join(import.meta.dirname, "../..");
/** Nova waits so long for a guest that does not listen: between two looks at the pace that the chain has by itself. */
const stopSeconds = 28;
/** So many with the bridge in which an event was quicker; where the step's own look comes just then, a run says nothing and there is another. */
const runs = 2;
const mostRuns = 5;

let cloud: RealCloud;
let source: Server;
let imageId: string;
let bridge: ChildProcess | undefined;
const made: string[] = [];
/** Between the bridge and the hook: hears what is told, and what the hook answers. */
let relay: HttpServer;
let told: { events: string; looks: number }[] = [];

beforeAll(async () => {
  cloud = await openRealCloud({ eventSecret: machineSecret, callsPerMinute: { reading: 10_000 } });
  relay = createServer(async (request, response) => {
    const events = await text(request);
    const {
      "content-type": type,
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    } = request.headers as Record<string, string>;
    const headers = { "content-type": type, "webhook-id": id, "webhook-timestamp": timestamp };
    const answer = await fetch(`${cloud.url}/v1/hooks/clouds/real`, {
      method: "POST",
      headers: { ...headers, "webhook-signature": signature } as Record<string, string>,
      body: events,
    });
    const body = await answer.text();
    if (answer.status === 202) told.push({ events, looks: JSON.parse(body).looks });
    response.writeHead(answer.status).end(body);
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  imageId = await deafImage();
  source = await bootServer(cloud.as("user-a"), "darkroom-events-source", imageId, { until: /^/ });
});

afterAll(async () => {
  await endBridge();
  const member = cloud.as("user-a");
  await deleteServer(member, source.id).catch(() => undefined);
  for (const id of [...made, imageId]) await member.image.deleteImage(id).catch(() => undefined);
  relay.closeAllConnections();
  relay.close();
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
    BRIDGE_HOOK_URL: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/`,
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
  /** How long before the step's own next look it saw the stop. */
  readonly aheadMs: number;
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
  const looks = cloud.looksLogged(id).filter(({ step }) => step === "quiesce");
  // Whoever sees the stop locks the server, and looks once more.
  const last = looks.slice(-4);
  const aheads = last.slice(1).map(({ at }, index) => plannedMs(last[index]) - Date.parse(at));
  const doneMs = (step: string) =>
    Date.parse((body.timeline as TimelineEntry[]).find((each) => each.step === step && each.what === "done")?.at ?? "");
  return {
    stopMs: doneMs("quiesce") - (seen.stoppedMs ?? Number.NaN),
    snapshotMs: doneMs("capture") - (seen.activeMs ?? Number.NaN),
    wholeMs,
    aheadMs: Math.max(...aheads),
  };
}

const plannedMs = (look?: LoggedLook) => Date.parse(look?.at ?? "") + (look?.nextLookInMs ?? Number.NaN);

type TimelineEntry = { step: string; what: string; at: string };

test("an event of the cloud ends a wait before the step's own next look; without the bridge it waits for that", async () => {
  const without = await measured("without");
  const withBridge: Late[] = [];
  for (let run = 0; run < mostRuns && withBridge.filter(isAhead).length < runs; run++) {
    told = [];
    await beginBridge();
    withBridge.push(await measured(`with-${run}`));
    await endBridge();
    // The hook knew whom it concerned.
    expect(told.filter(({ events, looks }) => events.includes(source.id) && looks > 0)).not.toEqual([]);
  }
  const row = (what: string, { stopMs, snapshotMs, wholeMs, aheadMs }: Late) =>
    `${what.padEnd(16)} the step knew of the stop ${stopMs} ms, of the snapshot ${snapshotMs} ms after it, ${aheadMs} ms before its own look; the whole request ${wholeMs} ms`;
  console.log([row("without bridge", without), ...withBridge.map((late) => row("with the bridge", late))].join("\n"));
  expect(isAhead(without)).toBe(false);
  expect(withBridge.filter(isAhead)).toHaveLength(runs);
});

/** A message is handed out when its time has come, never a second before. */
const isAhead = ({ aheadMs }: Late) => aheadMs > 1_000;
