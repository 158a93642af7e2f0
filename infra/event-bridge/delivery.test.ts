// The way to the hook: signed, together, and whatever the hook answers no event blocks the others or is lost without a word.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { type Delivery, type DeliveryOptions, startDelivery } from "./delivery.ts";

const secret = "whsec_0123456789abcdef0123456789abcdef0123456789abcdef";
type Events = { n: number }[];

let server: Server;
let hookUrl: string;
/** What the hook answers to a call's events; undefined: nothing, ever. */
let answer: (events: Events) => number | undefined;
let calls: Events[];
const begun: Delivery[] = [];

beforeAll(async () => {
  process.env.LOG_LEVEL = "silent";
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const events = new Webhook(secret).verify(body, request.headers as Record<string, string>) as Events;
    calls.push(events);
    const status = answer(events);
    if (status !== undefined) response.writeHead(status, status === 429 ? { "retry-after": "0" } : {}).end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  hookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls = [];
});
afterEach(() => {
  for (const delivery of begun.splice(0)) delivery.forget();
});

function begin(more: Partial<DeliveryOptions> = {}) {
  const delivery = startDelivery({ hookUrl, secret, pauseMs: 1, ...more });
  begun.push(delivery);
  const done: number[] = [];
  const undeliverable: { n: number; why: string }[] = [];
  const give = (n: number) =>
    delivery.take({
      event: { n },
      sinceMs: Date.now(),
      done: () => done.push(n),
      undeliverable: (why) => undeliverable.push({ n, why }),
    });
  return { delivery, done, undeliverable, give };
}

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; !what(); tries++) {
    if (tries > 1_000) throw new Error("it does not come to that");
    await sleep(5);
  }
}

const range = (count: number) => Array.from({ length: count }, (_, n) => n);
const sorted = (list: number[]) => [...list].sort((a, b) => a - b);

test("what comes while a call is under way goes together in the next", async () => {
  answer = () => 202;
  const { delivery, done, give } = begin();
  for (const n of range(120)) give(n);
  await until(() => done.length === 120);
  expect(done).toEqual(range(120));
  expect(calls.map(({ length }) => length)).toEqual([1, 50, 50, 19]);
  expect(delivery.counts).toEqual({ delivered: 120, tooOld: 0, undeliverable: 0 });
});

test("one poisoned event among many: the others arrive, it is given up after six tries", async () => {
  answer = (events) => (events.some(({ n }) => n === 13) ? 500 : 202);
  const { done, undeliverable, give } = begin();
  for (const n of range(30)) give(n);
  await until(() => undeliverable.length === 1);
  for (const n of range(3)) give(100 + n);
  await until(() => done.length === 32);
  expect(sorted(done)).toEqual([...range(30).filter((n) => n !== 13), 100, 101, 102]);
  expect(undeliverable).toEqual([{ n: 13, why: "it answered 500" }]);
  expect(calls.filter((events) => events.length === 1 && events[0]?.n === 13)).toHaveLength(6);
});

test("an event that makes the hook hang does not hold the others up", async () => {
  answer = (events) => (events.some(({ n }) => n === 1) ? undefined : 202);
  const { done, give } = begin({ timeoutMs: 100 });
  for (const n of range(4)) give(n);
  await until(() => done.length === 3);
  expect(sorted(done)).toEqual([0, 2, 3]);
});

test("an event that makes the hook hang while others are taken is given up after six times", async () => {
  answer = (events) => (events.some(({ n }) => n === 1) ? undefined : 202);
  const { done, undeliverable, give } = begin({ timeoutMs: 50 });
  give(1);
  for (let n = 2; undeliverable.length === 0; n++) {
    if (n > 200) throw new Error("it is not given up");
    give(n);
    await until(() => done.includes(n));
  }
  expect(undeliverable).toEqual([{ n: 1, why: "no answer within 50 ms" }]);
});

test("a hook that hangs for everybody is away: nothing is given up, and all arrive once it answers", async () => {
  let silent = 16;
  answer = () => (silent-- > 0 ? undefined : 202);
  const { delivery, done, undeliverable, give } = begin({ timeoutMs: 50 });
  for (const n of range(2)) give(n);
  await until(() => done.length + undeliverable.length === 2);
  expect([undeliverable, delivery.counts]).toEqual([[], { delivered: 2, tooOld: 0, undeliverable: 0 }]);
});

test("while it hangs those that are too old to help are let go, together with whom they wait", async () => {
  answer = () => undefined;
  const { delivery, done, undeliverable, give } = begin({ timeoutMs: 20, maxAgeMs: 60 });
  for (const n of range(10)) give(n);
  await until(() => done.length === 10);
  expect([undeliverable, delivery.counts]).toEqual([[], { delivered: 0, tooOld: 10, undeliverable: 0 }]);
});

test("one that is refused, and too old by then, is not tried again", async () => {
  answer = () => 500;
  const { delivery, done, undeliverable, give } = begin({ maxAgeMs: -1 });
  give(1);
  await until(() => done.length === 1);
  expect([undeliverable, delivery.counts, calls.length]).toEqual([
    [],
    { delivered: 0, tooOld: 1, undeliverable: 0 },
    1,
  ]);
});

test.each([503, 429, 401, 404])("%i is nobody's fault among the events: they wait, and all arrive", async (status) => {
  let away = 4;
  answer = () => (away-- > 0 ? status : 202);
  const { done, undeliverable, give } = begin();
  for (const n of range(3)) give(n);
  await until(() => done.length === 3);
  expect(undeliverable).toEqual([]);
});

test("nobody listens: what is too old to help is let go", async () => {
  const { delivery, done, give } = begin({ hookUrl: "http://127.0.0.1:9/", maxAgeMs: 30 });
  give(1);
  await until(() => done.length === 1);
  expect(delivery.counts).toEqual({ delivered: 0, tooOld: 1, undeliverable: 0 });
});

test("what is forgotten is settled by nobody: RabbitMQ gives it again", async () => {
  const hook = Promise.withResolvers<void>();
  answer = () => {
    hook.resolve();
    return undefined;
  };
  const { delivery, done, undeliverable, give } = begin({ timeoutMs: 50 });
  give(1);
  await hook.promise;
  delivery.forget();
  await delivery.idle();
  await sleep(100);
  expect([done, undeliverable]).toEqual([[], []]);
  answer = () => 202;
  const again = begin();
  again.give(2);
  await until(() => again.done.length === 1);
  expect([done, again.done]).toEqual([[], [2]]);
});

test("a redirect is not followed: the events are for this address", async () => {
  answer = () => 307;
  const { done, undeliverable, give } = begin();
  give(1);
  await until(() => calls.length > 0);
  await sleep(20);
  expect([done, undeliverable]).toEqual([[], []]);
});
