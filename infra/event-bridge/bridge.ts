// A queue of our own on the cloud's RabbitMQ, its events to Darkroom's hook: acknowledged once the hook has them, connected again whenever the connection is lost.
import { setTimeout as sleep } from "node:timers/promises";
import { type Channel, type ChannelModel, type ConsumeMessage, connect, IllegalOperationError } from "amqplib";
import { log } from "../../lib/log.ts";
import { type Delivery, startDelivery } from "./delivery.ts";
import { eventOf } from "./notification.ts";
import type { BridgeSettings } from "./settings.ts";

export interface Bridge {
  readonly counts: { received: number; passedOver: number } & Delivery["counts"];
  /** What is not acknowledged stays in RabbitMQ. */
  close(): Promise<void>;
}

/** So many events are in hand at most. */
const prefetch = 50;
const connectTimeoutMs = 10_000;
const maxPauseMs = 30_000;
/** The exchanges are OpenStack's: they come with its first event, and go with a restart of RabbitMQ. */
const bindEveryMs = 10_000;
/** What waits longer in the queue is of no use to anybody. */
const uselessAfterMs = 600_000;
const undeliverableKept = 100;
const lastCallMs = 5_000;

export function startBridge(settings: BridgeSettings): Bridge {
  const delivery = startDelivery(settings);
  const own = { received: 0, passedOver: 0 };
  const stopping = new AbortController();
  let session: ChannelModel | undefined;

  const worked = (async () => {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      const beganMs = Date.now();
      try {
        await work();
      } catch (error) {
        if (!stopping.signal.aborted) log.warn("RabbitMQ is away", { error: (error as Error).message });
      }
      delivery.forget();
      if (Date.now() - beganMs > maxPauseMs) failures = 0;
      const pauseMs = Math.min(1_000 * 2 ** failures, maxPauseMs);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  /** One connection's life. Throws when it ends, by whomever. */
  async function work(): Promise<void> {
    const connection = await connect(settings.rabbitmqUrl, {
      timeout: connectTimeoutMs,
      clientProperties: { connection_name: "darkroom-event-bridge" },
    });
    session = connection;
    const over = new AbortController();
    const end = (error?: Error) => over.abort(error ?? new Error("the connection was closed"));
    connection.on("error", end);
    connection.on("close", end);
    try {
      if (!stopping.signal.aborted) await consume(connection, end);
      while (!stopping.signal.aborted && !over.signal.aborted) {
        await bindAll(connection);
        await sleep(bindEveryMs, undefined, { signal: over.signal }).catch(() => undefined);
      }
      if (over.signal.aborted) throw over.signal.reason;
    } finally {
      await connection.close().catch(() => undefined);
    }
  }

  async function consume(connection: ChannelModel, end: (error?: Error) => void): Promise<void> {
    const channel = await connection.createChannel();
    channel.on("error", end);
    channel.on("close", () => end(new Error("the channel was closed")));
    await channel.prefetch(prefetch);
    await channel.assertQueue(settings.queue, {
      durable: true,
      maxLength: settings.queueLength,
      overflow: "drop-head",
      messageTtl: uselessAfterMs,
    });
    await channel.assertQueue(undeliverableQueue(settings), { durable: true, maxLength: undeliverableKept });
    await channel.consume(settings.queue, (message) => {
      if (message) receive(channel, message);
      else end(new Error("the queue was deleted"));
    });
    log.info("reads RabbitMQ", { queue: settings.queue });
  }

  function receive(channel: Channel, message: ConsumeMessage): void {
    own.received += 1;
    const event = eventOf(message.content);
    if (!event) {
      own.passedOver += 1;
      acknowledge(channel, message);
      return;
    }
    delivery.take({
      event,
      sinceMs: Date.now(),
      done: () => acknowledge(channel, message),
      undeliverable(why) {
        try {
          channel.sendToQueue(undeliverableQueue(settings), message.content, { persistent: true, headers: { why } });
        } catch (error) {
          if (!(error instanceof IllegalOperationError)) throw error;
        }
        acknowledge(channel, message);
      },
    });
  }

  const said = new Map<string, string>();
  const sayOnce = (exchange: string, what: string) => {
    if (said.get(exchange) === what) return;
    said.set(exchange, what);
    log.info(what, { exchange });
  };

  /** On a channel for each: RabbitMQ closes the channel that binds to what is not there. Never made by us: OpenStack's own settings decide how. */
  async function bindAll(connection: ChannelModel): Promise<void> {
    for (const exchange of settings.exchanges) {
      const channel = await connection.createChannel();
      channel.on("error", () => undefined);
      try {
        for (const topic of settings.topics) await channel.bindQueue(settings.queue, exchange, `${topic}.*`);
        await channel.close();
        sayOnce(exchange, "bound");
      } catch (error) {
        sayOnce(exchange, `not bound yet: ${(error as Error).message}`);
      }
    }
  }

  return {
    get counts() {
      return { ...own, ...delivery.counts };
    },
    async close() {
      stopping.abort();
      await Promise.race([delivery.idle(), sleep(lastCallMs, undefined, { ref: false })]);
      await session?.close().catch(() => undefined);
      await worked;
    },
  };
}

/** On a channel that has ended meanwhile nothing is lost: RabbitMQ gives the message again. */
function acknowledge(channel: Channel, message: ConsumeMessage): void {
  try {
    channel.ack(message);
  } catch (error) {
    if (!(error instanceof IllegalOperationError)) throw error;
  }
}

function undeliverableQueue({ queue }: BridgeSettings): string {
  return `${queue}-undeliverable`;
}
