// What people and portals are told of a whole request: each thing once, in order, whatever is lost or dies on the way; and what is never told.
import { asking } from "../chain/bench.ts";
import { type NoticeBench, register, startNoticeBench, verify } from "./notice-bench.ts";

let bench: NoticeBench;
beforeEach(async () => {
  bench = await startNoticeBench({ policy: { approvalNeededFor: ["private"] } });
});
afterEach(() => bench.close());

const post = async (more: Record<string, unknown> = {}) => {
  const { status, body } = await bench.call("create-image-request", "alice", { body: asking(bench, more) });
  expect(status).toBe(202);
  return body.id as string;
};
const approve = async (
  id: string,
  decision: "approve" | "deny" = "approve",
  reason = "no <b>licence</b> & no mercy",
) => {
  await bench.drive(id, (request) => request.step === "approve" && request.waiting !== undefined);
  await bench.tell();
  expect((await bench.call("decide-image-request", "carol", { id, body: { decision, reason } })).status).toBe(200);
};
const approveUntold = async (id: string) => {
  await bench.drive(id, (request) => request.step === "approve" && request.waiting !== undefined);
  expect((await bench.call("decide-image-request", "carol", { id, body: { decision: "approve" } })).status).toBe(200);
};
const types = () => bench.received.map(({ payload }) => payload.type.replace("image-request.", ""));
const subjects = () => bench.sent.map(({ subject }) => subject);
const whole = ["received", "awaiting-approval", "started", "handed-back", "completed"];

test("a request that ends well: mail and webhooks of every milestone, once and in order, signed, with nothing of a person but ids", async () => {
  const { id: hook, secret } = await register(bench);
  const id = await post();
  await approve(id);
  await bench.drive(id, async () => {
    await bench.tell();
    return (await bench.runtime.store.get(id))?.endedAt !== undefined;
  });
  await bench.tell();
  await bench.minutes(30);

  expect(types()).toEqual(whole);
  expect(subjects()).toEqual([
    "Your image “first-image” was asked for",
    "Your image “first-image” waits for approval",
    "We are imaging your server “analysis-1”: please leave it alone",
    "Your server “analysis-1” is yours again",
    "Your image “first-image” is ready",
  ]);
  expect(bench.sent.map(({ to }) => to.address)).toEqual(Array(5).fill("alice@simulated.invalid"));
  const [, , started] = bench.sent;
  expect(started?.text).toContain("do not stop, start or suspend the server");
  expect(started?.text).toContain("we will give it back as we found it");
  expect(started?.text).toContain(`https://portal.example/requests/${id}`);

  for (const message of bench.received) verify(message, secret);
  expect(new Set(bench.received.map((message) => message.id)).size).toBe(whole.length);
  const last = bench.received.at(-1)?.payload;
  const image = (await bench.runtime.store.get(id))?.learned.publish?.imageId;
  expect(last).toMatchObject({ type: "image-request.completed", data: { requestId: id, imageId: image } });
  expect(JSON.stringify(bench.received.map(({ body }) => body))).not.toMatch(/alice|first-image|analysis-1/);

  const { body } = await bench.call("list-webhook-deliveries", "alice", { id: hook });
  expect(
    body.deliveries.map(({ status, attempts }: { status: string; attempts: number }) => [status, attempts]),
  ).toEqual(Array(5).fill(["delivered", 1]));
});

test("every poke lost: the clock tells all of it, once and in order", async () => {
  await register(bench);
  const id = await post();
  await approve(id);
  await bench.drive(id);
  bench.pokes.length = 0;
  bench.received.length = 0;
  bench.sent.length = 0;
  await bench.minutes(5);
  expect(types()).toEqual(whole.slice(2));
  expect(bench.sent).toHaveLength(3);
});

test("every poke twice, and two workers at once: no mail and no webhook comes twice, or out of order", async () => {
  await register(bench);
  const id = await post();
  const { dispatch } = await import("../../lib/notify/dispatch.ts");
  const everyTwice = async () => {
    const due = bench.pokes.splice(0);
    await Promise.all([...due, ...due].map(({ about }) => dispatch(about, bench.runtime, bench.senders)));
  };
  await bench.drive(id, (request) => request.step === "approve" && request.waiting !== undefined);
  await everyTwice();
  await bench.call("decide-image-request", "carol", { id, body: { decision: "approve" } });
  await bench.drive(id);
  await everyTwice();
  await bench.minutes(10);
  expect(types()).toEqual(whole);
  expect(bench.sent).toHaveLength(5);
});

test("while a receiver thinks over the first, nobody sends it the next; whoever had the first goes on with it", async () => {
  await register(bench);
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.answers.held = promise;
  const id = await post();
  const first = bench.tell();
  while (bench.received.length < 1 || bench.sent.length < 1) await new Promise((wake) => setTimeout(wake, 5));
  await bench.drive(id, (request) => request.step === "approve" && request.waiting !== undefined);
  await bench.tell();
  expect([bench.received.length, bench.sent.length]).toEqual([1, 1]);
  resolve();
  await first;
  expect(types()).toEqual(whole.slice(0, 2));
  expect(bench.sent).toHaveLength(2);
});

test("an endpoint that chose its kinds has them in order too, though nothing stands between two of them", async () => {
  const { id: hook } = await register(bench, { types: ["image-request.received", "image-request.completed"] });
  const id = await post();
  await approveUntold(id);
  await bench.drive(id);
  const { dispatch } = await import("../../lib/notify/dispatch.ts");
  await dispatch(`request#${id}`, bench.runtime, { ...bench.senders, timeIsUp: () => true });
  await dispatch(`delivery#${id}-${whole.indexOf("completed")}#${hook}`, bench.runtime, bench.senders);
  expect(types()).toEqual([]);
  await dispatch(`delivery#${id}-0#${hook}`, bench.runtime, bench.senders);
  expect(types()).toEqual(["received", "completed"]);
});

test("denied: the reason, as it was written, in text; in HTML it is no HTML", async () => {
  const id = await post({ name: "<script>x" });
  await approve(id, "deny");
  await bench.drive(id);
  await bench.tell();
  const mail = bench.sent.at(-1);
  expect(mail?.subject).toBe("Your image “<script>x” was not approved");
  expect(mail?.text).toContain("no <b>licence</b> & no mercy");
  expect(mail?.html).toContain("no &lt;b&gt;licence&lt;/b&gt; &amp; no mercy");
  expect(mail?.html).not.toMatch(/<script>|<b>/);
});

test("failed: why, and what to do", async () => {
  const id = await post();
  await approve(id);
  await bench.drive(id, ({ step }) => step === "capture");
  const server = bench.cloud.state.servers[bench.cloud.ids.server("analysis-1")];
  if (server) server.vmState = "deleted";
  const request = await bench.drive(id);
  await bench.tell();
  if (request.end?.status !== "failed") throw new Error(`it ended ${request.end?.status}`);
  expect(bench.sent.at(-1)?.text).toContain(`The reason: ${request.end.problem.detail}`);
  expect(bench.sent.at(-1)?.text).toContain("What to do: ");
});

test("a question is told with its deadline, a cancel with its words", async () => {
  await register(bench);
  const id = await post({ review: true });
  await approve(id);
  await bench.drive(id, ({ waiting }) => waiting?.question !== undefined);
  await bench.tell();
  const deadline = bench.received.at(-1)?.payload.data.answerDeadline;
  expect(bench.received.at(-1)?.payload).toMatchObject({ type: "image-request.asking", data: { question: "review" } });
  expect(bench.sent.at(-1)?.text).toContain(`before ${deadline.slice(0, 10)}`);
  await bench.call("cancel-image-request", "alice", { id, body: { reason: "wrong server" } });
  await bench.drive(id);
  await bench.tell();
  expect(types().at(-1)).toBe("cancelled");
  expect(bench.sent.at(-1)?.text).toContain("wrong server");
});

test("whose address Keystone does not know is mailed where the policy admits what they gave, else not at all; webhooks come all the same", async () => {
  await bench.close();
  bench = await startNoticeBench({ policy: { mailDomains: ["uni.example"] } });
  const bobs = async (email: string) => {
    const body = asking(bench, {
      serverId: bench.cloud.ids.server("genome-1"),
      name: email.slice(0, 30),
      contact: { email },
    });
    return await bench.call("create-image-request", "bob", { body });
  };
  const refused = await bobs("bob@elsewhere.example");
  expect(refused.status).toBe(202);
  await bench.drive(refused.body.id);
  await bench.tell();
  expect(bench.sent).toEqual([]);
  const admitted = await bobs("bob@uni.example");
  await bench.tell();
  expect(bench.sent.map(({ to }) => to.address)).toEqual(["bob@uni.example"]);
  expect(JSON.stringify(admitted.body)).not.toContain("contactAddress");
});

test("no token, no secret, no trust's id and no mark is in a mail, a webhook or a poke", async () => {
  const { secret } = await register(bench);
  const id = await post();
  const [trust] = (await bench.runtime.store.get(id))?.ledger ?? [];
  await approve(id);
  await bench.drive(id);
  const pokes = JSON.stringify(bench.pokes);
  await bench.tell();
  const marks = ((await bench.runtime.store.get(id))?.ledger ?? []).map(({ mark }) => mark);
  if (trust?.kind !== "trust") throw new Error("no trust");
  const written = [pokes, JSON.stringify(bench.sent), JSON.stringify(bench.received)].join("\n");
  expect(written.length).toBeGreaterThan(5_000);
  for (const hidden of [trust.trustId, secret, secret.slice("whsec_".length), await bench.token("alice"), ...marks])
    expect(written).not.toContain(hidden);
  expect(written).not.toMatch(/gAAAAA/);
  expect(pokes).not.toMatch(/alice|@/);
});

test("what is told is gone from the table where it is a person's, and all of it after 30 days", async () => {
  await register(bench);
  const id = await post();
  await bench.tell();
  const key = `delivery#${id}-0#mail`;
  const delivery = await bench.runtime.notices.get(key);
  expect(delivery).toMatchObject({ status: "delivered", notice: { kind: "image-request.received" } });
  expect(JSON.stringify(delivery)).not.toMatch(/alice|first-image/);
  bench.clock.advance(29 * 86_400_000);
  await bench.minutes(1);
  expect(await bench.runtime.notices.get(key)).toBeDefined();
  bench.clock.advance(86_400_000);
  await bench.minutes(1);
  expect(await bench.runtime.notices.get(key)).toBeUndefined();
});
