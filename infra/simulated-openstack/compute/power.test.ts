// Stopping, starting, pausing, rebooting: task states, durations and refusals as measured on Nova 26.
import { demoIds } from "../index.ts";
import { tryOut } from "../test-client.ts";

const { servers } = demoIds;
const conflict = (message: string) => [409, { conflictingRequest: { code: 409, message } }];

/** Status, task state and power state after each of so many milliseconds from now. */
async function watch(out: Awaited<ReturnType<typeof tryOut>>, serverId: string, atMs: number[]): Promise<unknown[]> {
  const alice = await out.as("alice");
  const seen = [];
  let passed = 0;
  for (const at of atMs) {
    out.clock.advance(at - passed);
    passed = at;
    const { body } = await alice.ask("GET", `/compute/v2.1/servers/${serverId}`);
    const { server } = body as { server: Record<string, unknown> };
    seen.push([server.status, server["OS-EXT-STS:task_state"], server["OS-EXT-STS:power_state"]]);
  }
  return seen;
}

test("a guest that obeys ACPI is off after 5 s, ACTIVE and powering-off until then", async () => {
  await using out = await tryOut();
  const reply = await (await out.as("alice")).act(servers["analysis-1"], { "os-stop": null });
  expect([reply.status, reply.text]).toEqual([202, ""]);
  expect(await watch(out, servers["analysis-1"], [0, 4999, 5000])).toEqual([
    ["ACTIVE", "powering-off", 1],
    ["ACTIVE", "powering-off", 1],
    ["SHUTOFF", null, 4],
  ]);
});

test("a guest that ignores ACPI is off after 22 s", async () => {
  await using out = await tryOut();
  await (await out.as("alice")).act(servers["ignores-acpi-1"], { "os-stop": null });
  expect(await watch(out, servers["ignores-acpi-1"], [21_999, 22_000])).toEqual([
    ["ACTIVE", "powering-off", 1],
    ["SHUTOFF", null, 4],
  ]);
});

test("while it stops nothing else can be done, in Nova's words", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const id = servers["analysis-1"];
  await alice.act(id, { "os-stop": null });
  const replies = [];
  for (const action of [{ createImage: { name: "x" } }, { "os-stop": null }, { "os-start": null }]) {
    const { status, body } = await alice.act(id, action);
    replies.push([status, body]);
  }
  expect(replies).toEqual([
    conflict(`Cannot 'createImage' instance ${id} while it is in task_state powering-off`),
    conflict(`Cannot 'stop' instance ${id} while it is in task_state powering-off`),
    conflict(`Cannot 'start' instance ${id} while it is in vm_state active`),
  ]);
  expect((await alice.act(id, { lock: { locked_reason: "stopping" } })).status).toBe(202);
});

test.each([
  ["stopped-1", { "os-stop": null }, "stop", "stopped"],
  ["analysis-1", { "os-start": null }, "start", "active"],
  ["analysis-1", { unpause: null }, "unpause", "active"],
  ["analysis-1", { resume: null }, "resume", "active"],
  ["analysis-1", { unshelve: null }, "unshelve", "active"],
  ["paused-1", { "os-stop": null }, "stop", "paused"],
  ["stopped-1", { pause: null }, "pause", "stopped"],
  ["stopped-1", { reboot: { type: "SOFT" } }, "reboot", "stopped"],
  ["shelved-1", { createImage: { name: "x" } }, "createImage", "shelved_offloaded"],
  ["shelved-1", { pause: null }, "pause", "shelved_offloaded"],
  ["error-1", { createImage: { name: "x" } }, "createImage", "error"],
  ["error-1", { shelve: null }, "shelve", "error"],
] as const)("%s does not take %j", async (name, action, method, state) => {
  await using out = await tryOut();
  const { status, body } = await (await out.as("alice")).act(servers[name], action);
  expect([status, body]).toEqual(
    conflict(`Cannot '${method}' instance ${servers[name]} while it is in vm_state ${state}`),
  );
});

test.each(["os-stop", "os-start"])("%s of a server that is on no host: it is not ready", async (action) => {
  await using out = await tryOut();
  const { status, body } = await (await out.as("alice")).act(servers["shelved-1"], { [action]: null });
  expect([status, body]).toEqual(conflict(`Instance ${servers["shelved-1"]} is not ready`));
});

test("a server in ERROR that was up before can be stopped", async () => {
  await using out = await tryOut();
  expect((await (await out.as("alice")).act(servers["error-1"], { "os-stop": null })).status).toBe(202);
});

test.each([
  ["analysis-1", { pause: null }, ["ACTIVE", "pausing", 1], 120, ["PAUSED", null, 3]],
  ["paused-1", { unpause: null }, ["PAUSED", "unpausing", 3], 120, ["ACTIVE", null, 1]],
  ["analysis-1", { suspend: null }, ["ACTIVE", "suspending", 1], 1600, ["SUSPENDED", null, 4]],
  ["stopped-1", { "os-start": null }, ["SHUTOFF", "powering-on", 4], 700, ["ACTIVE", null, 1]],
  ["analysis-1", { reboot: { type: "SOFT" } }, ["REBOOT", "rebooting", 1], 6000, ["ACTIVE", null, 1]],
  ["ignores-acpi-1", { reboot: { type: "SOFT" } }, ["REBOOT", "rebooting", 1], 122_800, ["ACTIVE", null, 1]],
  ["analysis-1", { reboot: { type: "HARD" } }, ["HARD_REBOOT", "rebooting_hard", 1], 2900, ["ACTIVE", null, 1]],
] as const)("%s: %j", async (name, action, first, takesMs, last) => {
  await using out = await tryOut();
  expect((await (await out.as("alice")).act(servers[name], action)).status).toBe(202);
  const [begun, almost, done] = await watch(out, servers[name], [0, takesMs - 1, takesMs]);
  expect(begun).toEqual(first);
  expect(almost).not.toEqual(last);
  expect(done).toEqual(last);
});

test("the console can be read while the guest is on, in lines from the end; off, it is 404", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const guest = out.cloud.state.servers[servers["analysis-1"]]?.guest;
  if (guest) guest.console = `${"x".repeat(200_000)}\none\ntwo\nthree`;
  const output = async (length?: number) =>
    (
      (await alice.act(servers["analysis-1"], { "os-getConsoleOutput": length === undefined ? {} : { length } }))
        .body as { output: string }
    ).output;
  expect(await output(2)).toBe("two\nthree");
  expect((await output()).length).toBe(100 * 1024);
  await alice.act(servers["analysis-1"], { "os-stop": null });
  out.clock.advance(5000);
  const off = await alice.act(servers["analysis-1"], { "os-getConsoleOutput": {} });
  expect([off.status, off.body]).toEqual([
    404,
    { itemNotFound: { code: 404, message: "Guest does not have a console available." } },
  ]);
});

test("bodies that name no action, an unknown one, or two", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const messages = [];
  for (const action of [{}, { "os-stop": null, "os-start": null }, { nonsense: null }, { constructor: null }]) {
    messages.push((await alice.act(servers["stopped-1"], action)).body);
  }
  const bad = (message: string) => ({ badRequest: { code: 400, message } });
  expect(messages).toEqual([
    bad("Malformed request body"),
    bad("Malformed request body"),
    bad("There is no such action: nonsense"),
    bad("There is no such action: constructor"),
  ]);
});
