// The bridge on a real RabbitMQ, in a virtual host of its own: killed, cut off, refused, overrun. What was not delivered is not lost, what cannot be delivered holds up nothing.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { globSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Channel, type ChannelModel, connect } from "amqplib";
import { Webhook } from "standardwebhooks";
import { machineSecret } from "../chain/signed-call.ts";
import { waitFor } from "./real-cloud.ts";

const stateFolder = process.env.RIG ?? "/var/lib/openstack-rig";
const vhost = "bridge-test";
const rabbitmqUrl = `amqp://rig:rigpass@127.0.0.1:5672/${vhost}`;
const root = join(import.meta.dirname, "../..");
const [control = ""] = globSync("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmqctl");

/** An administrator's command. Throws where RabbitMQ does not run. */
function rabbitmqctl(...args: string[]): void {
  const env = { ...process.env, HOME: join(stateFolder, "data/rabbitmq") };
  execFileSync(control, ["-q", "-n", "rig@localhost", ...args], { env });
}

let hook: Server;
/** Ids of the events that the hook took. */
let taken: string[];
let answer: (ids: string[]) => number;
let connection: ChannelModel;
let channel: Channel;
let bridge: ChildProcess | undefined;

beforeAll(async () => {
  hook = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const events = new Webhook(machineSecret).verify(body, request.headers as Record<string, string>);
    const ids = (events as { message_id: string }[]).map(({ message_id }) => message_id);
    const status = answer(ids);
    if (status < 300) taken.push(...ids);
    response.writeHead(status).end();
  });
  await new Promise<void>((ready) => hook.listen(0, "127.0.0.1", ready));
});
beforeEach(async () => {
  taken = [];
  answer = () => 202;
  rabbitmqctl("add_vhost", vhost);
  rabbitmqctl("set_permissions", "-p", vhost, "rig", ".*", ".*", ".*");
  connection = await connect(rabbitmqUrl);
  connection.on("error", () => undefined);
  channel = await connection.createChannel();
  // As Nova makes it.
  await channel.assertExchange("nova", "topic", { durable: false });
});
afterEach(async () => {
  if (bridge) {
    const ended = once(bridge, "exit");
    bridge.kill("SIGTERM");
    await ended;
  }
  bridge = undefined;
  await connection.close().catch(() => undefined);
  rabbitmqctl("delete_vhost", vhost);
});
afterAll(() => {
  hook.closeAllConnections();
  hook.close();
});

async function begin(more: Record<string, string> = {}): Promise<ChildProcess> {
  const env = {
    ...process.env,
    LOG_LEVEL: "info",
    BRIDGE_RABBITMQ_URL: rabbitmqUrl,
    BRIDGE_HOOK_URL: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`,
    BRIDGE_SECRET: machineSecret,
    BRIDGE_EXCHANGES: "nova",
    ...more,
  };
  const child = spawn(process.execPath, ["infra/event-bridge/main.ts"], { cwd: root, env });
  bridge = child;
  let said = "";
  child.stdout?.on("data", (chunk) => {
    said += chunk;
  });
  await waitFor("the bridge to be bound", 60_000, async () => said.includes('"message":"bound"') || undefined);
  return child;
}

/** Sent as oslo.messaging does; the ids of the messages. */
function publish(count: number): string[] {
  return Array.from({ length: count }, () => {
    const message_id = randomUUID();
    const payload = { "nova_object.data": { uuid: randomUUID(), tenant_id: "p", display_name: "x", task_state: null } };
    const message = JSON.stringify({ event_type: "instance.power_off.end", message_id, payload });
    const wire = JSON.stringify({ "oslo.version": "2.0", "oslo.message": message });
    channel.publish("nova", "versioned_notifications.info", Buffer.from(wire));
    return message_id;
  });
}

const allTaken = (ids: string[], withinMs = 30_000) =>
  waitFor(`${ids.length} events at the hook`, withinMs, async () => ids.every((id) => taken.includes(id)) || undefined);

test("killed with events in hand: the next one brings them", async () => {
  answer = () => 503;
  const first = await begin();
  const ids = publish(80);
  await waitFor("the bridge to have some in hand", 10_000, async () =>
    (await channel.checkQueue("darkroom-events")).messageCount <= 30 ? true : undefined,
  );
  const killed = once(first, "exit");
  first.kill("SIGKILL");
  await killed;
  const later = publish(5); // the queue is there while nobody reads it
  answer = () => 202;
  await begin();
  await allTaken([...ids, ...later]);
  expect(taken).toHaveLength(85);
});

test("cut off by RabbitMQ: it connects again, and binds again to an exchange that went and came", async () => {
  await begin();
  await allTaken(publish(1));
  await channel.deleteExchange("nova");
  rabbitmqctl("close_all_connections", "--vhost", vhost, "test");
  connection = await connect(rabbitmqUrl);
  channel = await connection.createChannel();
  await channel.assertExchange("nova", "topic", { durable: false });
  const again = await waitFor("an event after that", 60_000, async () => {
    const ids = publish(1);
    return await allTaken(ids, 1_000).then(
      () => true,
      () => undefined,
    );
  });
  expect(again).toBe(true);
});

test("what is no event, and what the hook will not have, hold nothing up; the latter is kept aside", async () => {
  await begin();
  channel.publish("nova", "versioned_notifications.info", Buffer.from("no json"));
  channel.publish("nova", "notifications.error", Buffer.from('{"oslo.message":"{}"}'));
  const [poison = ""] = publish(1);
  answer = (ids) => (ids.includes(poison) ? 500 : 202);
  const ids = publish(200);
  await allTaken(ids, 25_000);
  const aside = await waitFor("the poisoned event aside", 60_000, async () => {
    const message = await channel.get("darkroom-events-undeliverable", { noAck: true });
    return message || undefined;
  });
  expect(aside.content.toString()).toContain(poison);
  expect(aside.properties.headers).toMatchObject({ why: "it answered 500" });
  expect((await channel.checkQueue("darkroom-events")).messageCount).toBe(0);
});

test("the hook is away and more comes than the queue holds: the oldest go, the newest arrive", async () => {
  answer = () => 503;
  await begin({ BRIDGE_QUEUE_LENGTH: "100" });
  const ids = publish(1_000);
  await waitFor("the queue to be full", 10_000, async () =>
    (await channel.checkQueue("darkroom-events")).messageCount === 100 ? true : undefined,
  );
  answer = () => 202;
  await allTaken(ids.slice(-100), 60_000);
  expect(taken.length).toBeLessThanOrEqual(150); // the queue's, and those in hand
});

test("3,000 events in a row arrive, each once", async () => {
  await begin();
  const beganMs = Date.now();
  const ids = publish(3_000);
  await allTaken(ids, 60_000);
  console.log(`3,000 events from RabbitMQ to the hook: ${Date.now() - beganMs} ms`);
  expect(taken).toHaveLength(3_000);
});
