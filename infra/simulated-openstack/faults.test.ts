// Faults on demand, as a client meets them.
import { demoIds } from "./index.ts";
import { tryOut } from "./test-client.ts";

const server = demoIds.servers["analysis-1"];
const stopping = (out: { cloud: { state: { servers: Record<string, { taskState: string | null }> } } }) =>
  out.cloud.state.servers[server]?.taskState === "powering-off";

test("before: the call has no effect; so many times, then no more", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const fault = out.cloud.faults.add({
    service: "compute",
    path: /\/action$/,
    times: 2,
    when: "before",
    answer: { status: 503, body: "<html>busy</html>" },
  });
  for (let time = 0; time < 2; time++) {
    const reply = await alice.act(server, { "os-stop": null });
    expect([reply.status, reply.text]).toEqual([503, "<html>busy</html>"]);
    expect(stopping(out)).toBe(false);
  }
  expect((await alice.act(server, { "os-stop": null })).status).toBe(202);
  expect(fault.hits).toBe(2);
});

test("after: the call has had its effect, the caller is told otherwise", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.faults.add({
    when: "after",
    method: "post",
    body: /os-stop/,
    times: 1,
    answer: { status: 504, body: { gateway: "time-out" }, headers: { "Retry-After": "3" } },
  });
  const reply = await alice.act(server, { "os-stop": null });
  expect([reply.status, reply.body, reply.headers.get("Retry-After")]).toEqual([504, { gateway: "time-out" }, "3"]);
  expect(stopping(out)).toBe(true);
});

test.each([
  ["before", false],
  ["after", true],
] as const)("reset %s the effect: the connection ends, done is %s", async (when, done) => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.faults.add({ when, body: /os-stop/, answer: "reset" });
  await expect(alice.act(server, { "os-stop": null })).rejects.toThrow("fetch failed");
  expect(stopping(out)).toBe(done);
  expect(out.cloud.calls.at(-1)).toMatchObject({ action: "os-stop" });
  expect(out.cloud.calls.at(-1)).not.toHaveProperty("status");
});

test("a delay holds the call up, and others go on meanwhile", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  out.cloud.faults.add({ when: "before", body: /os-stop/, answer: { delayMs: 150 } });
  const finished: string[] = [];
  const slow = alice.act(server, { "os-stop": null }).then(({ status }) => finished.push(`slow ${status}`));
  await alice.ask("GET", `/compute/v2.1/servers/${server}`).then(() => finished.push("quick"));
  await slow;
  expect(finished).toEqual(["quick", "slow 202"]);
});

test("removed faults and those for other calls are not met", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const removed = out.cloud.faults.add({ when: "before", answer: { status: 500 } });
  removed.remove();
  out.cloud.faults.add({ service: "image", when: "before", answer: { status: 500 } });
  expect((await alice.ask("GET", `/compute/v2.1/servers/${server}`)).status).toBe(200);
  out.cloud.faults.clear();
  expect((await alice.ask("GET", "/image/v2/images")).status).toBe(200);
});

test("of two faults the older decides; the younger is not used up by that", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const older = out.cloud.faults.add({ service: "image", times: 1, when: "before", answer: { status: 503 } });
  const younger = out.cloud.faults.add({ service: "image", times: 1, when: "before", answer: { status: 500 } });
  const statuses = [];
  for (let time = 0; time < 3; time++) statuses.push((await alice.ask("GET", "/image/v2/images")).status);
  expect(statuses).toEqual([503, 500, 200]);
  expect([older.hits, younger.hits]).toEqual([1, 1]);
});
