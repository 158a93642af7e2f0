// Webhook endpoints: registered, tried again, given up, disabled, tested, replaced; their log; and mail servers that refuse.
import { asking } from "../chain/bench.ts";
import { type NoticeBench, register, startNoticeBench, verify } from "./notice-bench.ts";

let bench: NoticeBench;
beforeEach(async () => {
  bench = await startNoticeBench();
});
afterEach(() => bench.close());

const hour = 3_600_000;
const post = async () => {
  const { body } = await bench.call("create-image-request", "alice", { body: asking(bench) });
  return body.id as string;
};
const log = async (id: string, query: Record<string, string> = {}) =>
  (await bench.call("list-webhook-deliveries", "alice", { id, query })).body;
/** Turns the clock on by steps, as the machine's clock does, until nothing is due for `forMs`. */
const pass = async (forMs: number) => {
  const endMs = bench.clock.now() + forMs;
  const stepMs = forMs > 2 * hour ? hour / 2 : hour / 6;
  while (bench.clock.now() < endMs) {
    bench.clock.advance(Math.min(stepMs, endMs - bench.clock.now()));
    const { remind } = await import("../../lib/notify/remind.ts");
    await remind(bench.runtime);
    await bench.tell();
  }
};

test("the secret is shown once; another project sees nothing of the endpoint; taken away, it is called no more", async () => {
  const made = await bench.call("create-webhook", "alice", {
    body: { url: bench.hookUrl(), description: "the portal" },
  });
  expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/) } });
  const { id, secret } = made.body;
  const shown = [
    (await bench.call("get-webhook", "alice", { id })).body,
    (await bench.call("list-webhooks", "alice")).body,
    await log(id),
    await bench.runtime.table.get(`webhook#${id}`),
  ];
  expect(JSON.stringify(shown)).not.toContain(secret.slice("whsec_".length));
  expect((await bench.call("list-webhooks", "bob")).body).toEqual({ webhooks: [] });
  expect((await bench.call("delete-webhook", "bob", { id })).status).toBe(404);
  expect((await bench.call("delete-webhook", "alice", { id })).status).toBe(204);
  expect((await bench.call("delete-webhook", "alice", { id })).status).toBe(404);
  await post();
  await bench.tell();
  expect(bench.received).toEqual([]);
});

test("what leads inside, or is no https, cannot be registered", async () => {
  for (const url of inside) {
    const { status, body } = await bench.call("create-webhook", "alice", { body: { url } });
    expect([url, status, body.errors[0].field]).toEqual([url, 422, "url"]);
  }
  expect((await bench.call("list-webhooks", "alice")).body.webhooks).toEqual([]);
});
const inside = [
  "http://example.org/x",
  "https://169.254.169.254/latest/meta-data/",
  "https://[::ffff:10.0.0.1]/",
  "https://metadata.google.internal/",
  "https://10.0.0.1/",
  "file:///etc/passwd",
  "not a url",
  "https://user:pass@93.184.216.34/",
  "https://no-such-host.invalid/",
];

test("where the setting is not given, this machine cannot be registered, nor called if it once was", async () => {
  const { id } = await register(bench);
  await bench.close();
  bench = await startNoticeBench({ settings: { DARKROOM_WEBHOOKS_TO_LOOPBACK: "refused" } });
  expect((await bench.call("create-webhook", "alice", { body: { url: bench.hookUrl() } })).status).toBe(422);
  const { postWebhook } = await import("../../lib/notify/post-webhook.ts");
  const sent = { url: bench.hookUrl(), id, body: "{}", secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] };
  const answer = await postWebhook(sent, { reach: { loopback: false }, nowMs: 0, signal: bench.senders.signal });
  expect(answer.problem).toContain("https://");
  expect(bench.received).toEqual([]);
});

test("a project has ten endpoints at most, and each chooses what it is told", async () => {
  for (let count = 0; count < 10; count++)
    await register(bench, { url: bench.hookUrl(`/${count}`), types: count === 3 ? [] : ["image-request.failed"] });
  expect(await bench.call("create-webhook", "alice", { body: { url: bench.hookUrl() } })).toMatchObject({
    status: 409,
    body: { type: "urn:darkroom:problem:too-many-webhooks" },
  });
  await post();
  await bench.tell();
  expect(bench.received.map(({ path }) => path)).toEqual(["/3"]);
});

test("ten tries over three days, all with the same id and body, each signed anew; then no more", async () => {
  const { id, secret } = await register(bench);
  bench.answers.status = 500;
  await post();
  await bench.tell();
  await pass(80 * hour);
  expect(bench.received).toHaveLength(10);
  expect(new Set(bench.received.map((message) => message.id + message.body)).size).toBe(1);
  for (const message of bench.received) verify(message, secret);
  const at = bench.received.map(({ headers }) => Number(headers["webhook-timestamp"]));
  expect(((at.at(-1) ?? 0) - (at[0] ?? 0)) / 3600).toBeGreaterThan(71);
  expect(((at.at(-1) ?? 0) - (at[0] ?? 0)) / 3600).toBeLessThan(77);
  const { deliveries } = await log(id);
  expect(deliveries).toMatchObject([{ status: "failed", attempts: 10, nextAt: null }]);
  expect(deliveries[0].tries).toHaveLength(10);
  expect(deliveries[0].tries[0]).toMatchObject({ status: 500, problem: "answered 500" });
  expect(JSON.stringify(deliveries)).not.toContain("an answer that nobody sees");
  await pass(48 * hour);
  expect(bench.received).toHaveLength(10);
});

test("one that fails holds nobody up: what comes later is delivered, what failed is tried again", async () => {
  await register(bench);
  bench.answers.status = 503;
  const id = await post();
  await bench.tell();
  bench.answers.status = 204;
  await bench.drive(id);
  await bench.tell();
  const types = () => bench.received.map(({ payload }) => payload.type.replace("image-request.", ""));
  expect(types()[0]).toBe("received");
  expect(types().at(-1)).toBe("completed");
  await pass(hour);
  expect(types().filter((type) => type === "received")).toHaveLength(2);
});

test("a redirect is a failure and is not followed; 410 disables the endpoint, a new secret enables it again", async () => {
  const { id } = await register(bench);
  Object.assign(bench.answers, { status: 302, headers: { location: bench.hookUrl("/elsewhere") } });
  await bench.call("test-webhook", "alice", { id });
  await bench.tell();
  expect(bench.received.map(({ path }) => path)).toEqual(["/hook"]);
  Object.assign(bench.answers, { status: 410, headers: {} });
  const first = await post();
  await bench.tell();
  expect((await bench.call("get-webhook", "alice", { id })).body.disabled).toMatchObject({
    why: expect.stringContaining("410"),
  });
  bench.answers.status = 204;
  await bench.drive(first);
  await bench.tell();
  expect(bench.received).toHaveLength(2);
  expect((await bench.call("replace-webhook-secret", "alice", { id })).body.disabled).toBeNull();
  await bench.call("create-image-request", "alice", { body: asking(bench, { name: "second" }) });
  await bench.tell();
  expect(bench.received).toHaveLength(3);
});

test("while a secret is replaced both sign, for a day", async () => {
  const { id, secret: old } = await register(bench);
  const { secret, earlierSecretUntil } = (await bench.call("replace-webhook-secret", "alice", { id })).body;
  expect(Date.parse(earlierSecretUntil) - bench.clock.now()).toBe(24 * hour);
  await bench.call("test-webhook", "alice", { id });
  await bench.tell();
  bench.clock.advance(24 * hour + 1);
  await bench.call("test-webhook", "alice", { id });
  await bench.tell();
  const [during, after] = bench.received;
  if (!during || !after) throw new Error("nothing came");
  verify(during, old);
  verify(during, secret);
  verify(after, secret);
  expect(() => verify(after, old)).toThrow("the signature");
});

test("a test is one message, tried once; the log has pages", async () => {
  const { id } = await register(bench);
  bench.answers.status = 500;
  const { body } = await bench.call("test-webhook", "alice", { id });
  await bench.tell();
  await pass(hour);
  expect(bench.received.map(({ payload }) => payload)).toMatchObject([
    { type: "webhook.test", data: { webhookId: id } },
  ]);
  const { deliveries } = await log(id);
  expect(deliveries).toMatchObject([{ messageId: body.messageId, status: "failed", attempts: 1 }]);
  for (let count = 0; count < 3; count++) await bench.call("test-webhook", "alice", { id });
  const first = await log(id, { limit: "2" });
  const rest = await log(id, { limit: "2", cursor: first.next });
  expect(new Set([...first.deliveries, ...rest.deliveries].map(({ messageId }) => messageId)).size).toBe(4);
  expect((await bench.call("list-webhook-deliveries", "alice", { id, query: { cursor: "bm8" } })).status).toBe(422);
});

test("a worker that died over a webhook: it comes again, with the same id; over a mail: it never comes again", async () => {
  await register(bench);
  const id = await post();
  const { settle } = bench.runtime.notices;
  let stuck = 0;
  bench.runtime.notices.settle = () => {
    stuck += 1;
    return new Promise(() => undefined);
  };
  const { dispatch } = await import("../../lib/notify/dispatch.ts");
  void dispatch(`request#${id}`, bench.runtime, bench.senders);
  for (let tries = 0; tries < 500 && stuck < 2; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  bench.runtime.notices.settle = settle;
  bench.pokes.length = 0;
  await pass(hour);
  expect(bench.sent).toHaveLength(1);
  expect(bench.received).toHaveLength(2);
  expect(bench.received[1]).toMatchObject({ id: bench.received[0]?.id, body: bench.received[0]?.body });
  expect(await bench.runtime.notices.get(`delivery#${id}-0#mail`)).toMatchObject({ status: "unknown" });
});

test("a mail that is refused for the moment is tried again within a day; one refused for good, or of unknown fate, never", async () => {
  bench.answers.mail = { kind: "refused", again: true, problem: "450 later" };
  await post();
  await bench.tell();
  await pass(72 * hour);
  expect(bench.sent).toHaveLength(7);
  for (const mail of [
    { kind: "refused", again: false, problem: "550 nobody" },
    { kind: "unknown", problem: "broken" },
  ] as const) {
    bench.answers.mail = mail;
    bench.sent.length = 0;
    const name = `mail ${mail.kind}`;
    const serverId = bench.cloud.ids.server(mail.kind === "unknown" ? "stopped-1" : "no-agent-1");
    await bench.call("create-image-request", "alice", { body: asking(bench, { name, serverId }) });
    await bench.tell();
    await pass(48 * hour);
    expect(bench.sent).toHaveLength(1);
  }
});

test("what another room publishes is told once, however often it is published", async () => {
  const { publishNotice } = await import("../../lib/notify/publish-notice.ts");
  await register(bench);
  const notice = {
    id: "cleanup:image-1:2026-12-01",
    kind: "image.cleanup-announced",
    provider: "simulated",
    projectId: bench.cloud.ids.project("astro-lab"),
    recipient: { address: "alice@simulated.invalid" },
    facts: { imageId: "image-1", deleteAt: "2026-12-01T00:00:00Z" },
    words: { imageName: "old", reason: "nobody used it", remedy: "tag it keep" },
  } as const;
  expect(await publishNotice(bench.runtime, notice)).toBe(true);
  expect(await publishNotice(bench.runtime, notice)).toBe(false);
  await bench.tell();
  expect(await publishNotice(bench.runtime, notice)).toBe(false);
  await bench.minutes(3);
  expect(bench.received.map(({ payload }) => payload)).toMatchObject([
    { type: "image.cleanup-announced", data: { imageId: "image-1", deleteAt: "2026-12-01T00:00:00Z" } },
  ]);
  expect(bench.received[0]?.body).not.toMatch(/old|nobody used it/);
  expect(bench.sent.map(({ text }) => text)).toEqual([expect.stringContaining("2026-12-01 00:00 UTC")]);
  expect(JSON.stringify(await bench.runtime.table.get(`notice#${notice.id}`))).not.toContain("alice");
  await expect(publishNotice(bench.runtime, { ...notice, id: "a.b" })).rejects.toThrow("cannot have the id");
});
