// The demo's things are there, in the states that they are named after.

import { statusOf } from "./compute/server-view.ts";
import { demoIds } from "./index.ts";
import { tryOut } from "./test-client.ts";

test("alice has a server for each state that a request may meet, bob one of his own", async () => {
  await using out = await tryOut();
  const { servers } = out.cloud.state;
  const shown = Object.values(servers).map((one) => [
    one.name,
    statusOf(one),
    one.taskState,
    one.lockedBy,
    one.attachments.length,
    one.imageId === null,
  ]);
  expect(shown).toEqual([
    ["analysis-1", "ACTIVE", null, null, 0, false],
    ["stopped-1", "SHUTOFF", null, null, 0, false],
    ["busy-1", "ACTIVE", "image_uploading", null, 0, false],
    ["locked-by-owner-1", "ACTIVE", null, "owner", 0, false],
    ["locked-by-admin-1", "ACTIVE", null, "admin", 0, false],
    ["volume-backed-1", "ACTIVE", null, null, 1, true],
    ["with-data-volume-1", "ACTIVE", null, null, 1, false],
    ["error-1", "ERROR", null, null, 0, false],
    ["shelved-1", "SHELVED_OFFLOADED", null, null, 0, false],
    ["paused-1", "PAUSED", null, null, 0, false],
    ["ignores-acpi-1", "ACTIVE", null, null, 0, false],
    ["windows-1", "ACTIVE", null, null, 0, false],
    ["no-agent-1", "ACTIVE", null, null, 0, false],
    ["genome-1", "ACTIVE", null, null, 0, false],
  ]);
  expect(servers[demoIds.servers["genome-1"]]?.projectId).toBe(demoIds.projects["bio-lab"]);
  expect(servers[demoIds.servers["no-agent-1"]]?.systemMetadata).not.toHaveProperty("hw_qemu_guest_agent");
});

test("every fixed id names what it says", async () => {
  await using out = await tryOut();
  const { ids } = out.cloud;
  const kinds = {
    projects: ids.project,
    users: ids.user,
    roles: ids.role,
    flavors: ids.flavor,
    images: ids.image,
    servers: ids.server,
    volumes: ids.volume,
  };
  for (const [kind, look] of Object.entries(kinds)) {
    const named = Object.keys(demoIds[kind as keyof typeof demoIds]);
    expect(Object.fromEntries(named.map((name) => [name, look(name)]))).toEqual(demoIds[kind as keyof typeof demoIds]);
  }
  expect(() => ids.server("nobody's")).toThrow("no server named nobody's");
});

test("the busy one stays busy, however long one waits", async () => {
  await using out = await tryOut();
  out.clock.advance(365 * 86_400_000);
  const alice = await out.as("alice");
  const { status, text } = await alice.act(demoIds.servers["busy-1"], { createImage: { name: "x" } });
  expect([status, text]).toEqual([409, expect.stringContaining("while it is in task_state image_uploading")]);
});

test("a seed of one's own, as a document", async () => {
  await using out = await tryOut({
    seed: { projects: { p1: { id: "p1", name: "only", description: "", enabled: true } } },
  });
  expect(Object.keys(out.cloud.state.projects)).toEqual(["p1"]);
  expect(out.cloud.state.servers).toEqual({});
});
