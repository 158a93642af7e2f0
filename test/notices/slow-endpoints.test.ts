// An endpoint that keeps its callers waiting keeps nobody else waiting: it rests between tries, one try at a time ends a rest, and tests are few.
import { asking } from "../chain/bench.ts";
import { type NoticeBench, register, startNoticeBench } from "./notice-bench.ts";

let bench: NoticeBench;
beforeEach(async () => {
  bench = await startNoticeBench();
});
afterEach(() => bench.close());

const minute = 60_000;
const post = async (name: string, server: string) => {
  const body = asking(bench, { name, serverId: bench.cloud.ids.server(server) });
  const answer = await bench.call("create-image-request", "alice", { body });
  expect(answer.status).toBe(202);
};
const log = async (id: string) => (await bench.call("list-webhook-deliveries", "alice", { id })).body.deliveries;
/** The receiver of what is due keeps each caller for so long. */
const tellSlowly = async (ms: number) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.answers.held = promise;
  const before = bench.received.length;
  const told = bench.tell();
  while (bench.received.length === before) await new Promise((wake) => setTimeout(wake, 5));
  bench.clock.advance(ms);
  resolve();
  await told;
};

test("after a try that took ten seconds it is not called for five minutes, whatever there is to tell; then all of it comes", async () => {
  const slow = await register(bench, { url: bench.hookUrl("/slow"), types: ["image-request.received"] });
  await post("first", "analysis-1");
  await tellSlowly(10_000);
  await post("second", "stopped-1");
  await post("third", "no-agent-1");
  await bench.tell();
  expect(bench.received.map(({ path }) => path)).toEqual(["/slow"]);
  const [third, second] = await log(slow.id);
  for (const delivery of [second, third])
    expect(delivery).toMatchObject({
      status: "waiting",
      attempts: 1,
      tries: [{ status: null, problem: expect.stringMatching(/^not called before 2\S+Z: it was slow/) }],
    });
  expect(Date.parse(second.nextAt) - bench.clock.now()).toBe(5 * minute);
  bench.clock.advance(5 * minute - 1);
  await bench.tell();
  expect(bench.received).toHaveLength(1);
  bench.clock.advance(1);
  await bench.tell();
  expect(new Set(bench.received.map(({ id }) => id)).size).toBe(3);
  expect((await log(slow.id)).map(({ status }: { status: string }) => status)).toEqual(Array(3).fill("delivered"));
});

test("when its rest is over one try comes first: the next is not made before that one's end is known", async () => {
  const slow = await register(bench, { types: ["image-request.received"] });
  await post("first", "analysis-1");
  await tellSlowly(10_000);
  await post("second", "stopped-1");
  await post("third", "no-agent-1");
  await bench.tell();
  bench.clock.advance(5 * minute);
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.answers.held = promise;
  const one = bench.tell();
  while (bench.received.length === 1) await new Promise((wake) => setTimeout(wake, 5));
  await bench.tell();
  expect(bench.received).toHaveLength(2);
  bench.clock.advance(10_000);
  resolve();
  await one;
  await bench.minutes(15);
  expect((await log(slow.id)).map(({ status }: { status: string }) => status)).toEqual(Array(3).fill("delivered"));
});

test("one that answers at once is called at once, however much there is", async () => {
  await register(bench, { types: ["image-request.received"] });
  for (const [name, server] of [
    ["first", "analysis-1"],
    ["second", "stopped-1"],
    ["third", "no-agent-1"],
  ] as const)
    await post(name, server);
  await bench.tell();
  expect(bench.received).toHaveLength(3);
});

test("a project tests its endpoints six times a minute at most; a test of one that rests fails and says so", async () => {
  const { id } = await register(bench);
  const other = await register(bench, { url: bench.hookUrl("/other") });
  await bench.call("test-webhook", "alice", { id });
  await tellSlowly(10_000);
  await bench.call("test-webhook", "alice", { id });
  await bench.tell();
  expect(bench.received).toHaveLength(1);
  expect((await log(id))[0]).toMatchObject({ status: "failed", tries: [{ problem: expect.stringContaining("slow") }] });
  for (let tests = 2; tests < 6; tests++)
    expect((await bench.call("test-webhook", "alice", { id: other.id })).status).toBe(202);
  const refused = await bench.call("test-webhook", "alice", { id: other.id });
  expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "50" } });
  bench.clock.advance(50_000);
  expect((await bench.call("test-webhook", "alice", { id: other.id })).status).toBe(202);
});
