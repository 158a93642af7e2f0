// The cloud as a whole: starting, continuing after a kill, what it remembers of calls.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoIds, handTurnedClock, startSimulatedCloud } from "./index.ts";
import { tryOut } from "./test-client.ts";

/** Gone at the end of the test, after the clouds that were opened later. */
function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "simulated-openstack-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

const server = demoIds.servers["stopped-1"];

test("what is under way goes on after the process was killed, and a token stays good", async () => {
  using folder = temporaryFolder();
  const dataFile = join(folder.path, "state.json");
  const clock = handTurnedClock();
  await using first = await tryOut({ dataFile, clock });
  const alice = await first.as("alice");
  const { body } = await alice.act(server, { createImage: { name: "kept" } });
  // The first cloud is not closed: the second knows only what stands in the file, as after a kill.
  clock.advance(2000);
  await using second = await tryOut({ dataFile, clock });
  const again = second.withToken(alice.token);
  expect(body).toEqual({ image_id: second.cloud.ids.image("kept") });
  const shown = async () => (await again.ask("GET", `/compute/v2.1/servers/${server}`)).body;
  expect(await shown()).toMatchObject({ server: { "OS-EXT-STS:task_state": "image_pending_upload" } });
  clock.advance(2000);
  expect(await shown()).toMatchObject({ server: { "OS-EXT-STS:task_state": null } });
  expect(JSON.parse(readFileSync(dataFile, "utf8")).due).toEqual([]);
});

test("a data file that is no state is refused by name and left as it is", async () => {
  using folder = temporaryFolder();
  const dataFile = join(folder.path, "state.json");
  writeFileSync(dataFile, "{");
  await expect(startSimulatedCloud({ dataFile })).rejects.toThrow(dataFile);
  expect(readFileSync(dataFile, "utf8")).toBe("{");
});

test("a port that is taken is an error", async () => {
  await using one = await tryOut();
  await expect(startSimulatedCloud({ port: Number(new URL(one.cloud.url).port) })).rejects.toThrow("EADDRINUSE");
});

test("calls are logged with who made them, what action it was and how it ended", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await alice.act(server, { "os-stop": null });
  await alice.ask("GET", "/image/v2/images?limit=1");
  expect(
    out.cloud.calls.map(({ service, method, action, status, userId }) => ({ service, method, action, status, userId })),
  ).toEqual([
    { service: "identity", method: "POST", action: undefined, status: 201, userId: demoIds.users.alice },
    { service: "compute", method: "POST", action: "os-stop", status: 409, userId: demoIds.users.alice },
    { service: "image", method: "GET", action: undefined, status: 200, userId: demoIds.users.alice },
  ]);
});

test("things due happen in the order of their times, however far the clock is turned", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await alice.act(demoIds.servers["analysis-1"], { "os-stop": null });
  await alice.act(server, { "os-start": null });
  out.clock.advance(60_000);
  const { servers } = out.cloud.state;
  const [stopped, started] = [servers[demoIds.servers["analysis-1"]], servers[server]];
  expect(stopped).toMatchObject({ vmState: "stopped", taskState: null });
  expect(started).toMatchObject({ vmState: "active", taskState: null });
  // Each is dated when it was due, not when somebody looked.
  expect((stopped?.updatedAt ?? 0) - (started?.updatedAt ?? 0)).toBe(5000 - 700);
});

test("what is due sooner happens sooner, though it was asked for later", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await alice.act(demoIds.servers["analysis-1"], { "os-stop": null });
  await alice.act(server, { "os-start": null });
  out.clock.advance(1000);
  const { servers } = out.cloud.state;
  expect(servers[server]).toMatchObject({ vmState: "active", taskState: null });
  expect(servers[demoIds.servers["analysis-1"]]).toMatchObject({ vmState: "active", taskState: "powering-off" });
});

test("speed divides what the cloud does, not how long a token lives", async () => {
  await using out = await tryOut({ speed: 5 });
  const alice = await out.as("alice");
  await alice.act(demoIds.servers["analysis-1"], { "os-stop": null });
  out.clock.advance(1001);
  expect(out.cloud.state.servers[demoIds.servers["analysis-1"]]).toMatchObject({ vmState: "stopped" });
  const { body } = await alice.ask("GET", "/identity/v3/auth/tokens", undefined, { "X-Subject-Token": alice.token });
  expect(body).toMatchObject({
    token: { issued_at: "2026-01-01T00:00:00.000000Z", expires_at: "2026-01-01T04:00:00.000000Z" },
  });
});

test("a body beyond 112 KiB is 413, and nothing happens", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const reply = await alice.act(server, { createImage: { name: "x".repeat(120_000) } });
  expect(reply.status).toBe(413);
  expect(reply.text).toContain("max_request_body_size (114688)");
});

test("a clouds.yaml has every user, in the project that is theirs", async () => {
  await using out = await tryOut();
  const text = out.cloud.cloudsYaml();
  expect(text.match(/^ {2}\w+:$/gm)).toEqual([
    "  alice:",
    "  bob:",
    "  carol:",
    "  darkroom:",
    "  admin:",
    "  directory:",
  ]);
  expect(text).toContain(
    `auth_url: ${out.cloud.authUrl}\n      username: carol\n      password: simulated\n      project_name: staff\n`,
  );
});

test("a path outside the four services is 404", async () => {
  await using out = await tryOut();
  expect((await out.ask("GET", "/network/v2.0")).status).toBe(404);
});
