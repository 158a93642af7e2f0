// Locks, as measured on Nova 26.
import { demoIds } from "../index.ts";
import { nova, tryOut } from "../test-client.ts";

const own = demoIds.servers["locked-by-owner-1"];
const admins = demoIds.servers["locked-by-admin-1"];
const free = demoIds.servers["analysis-1"];

test.each([
  { "os-stop": null },
  { "os-start": null },
  { reboot: { type: "SOFT" } },
  { pause: null },
  { shelve: null },
  { rebuild: { imageRef: demoIds.images["debian-12"] } },
])("the owner's own lock stops the owner's %j", async (action) => {
  await using out = await tryOut();
  const { status, body } = await (await out.as("alice")).act(own, action);
  expect([status, body]).toEqual([409, { conflictingRequest: { code: 409, message: `Instance ${own} is locked` } }]);
});

test("it stops a deletion, but neither a rename nor a snapshot", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.ask("DELETE", `/compute/v2.1/servers/${own}`)).status).toBe(409);
  expect((await alice.ask("PUT", `/compute/v2.1/servers/${own}`, { server: { name: "renamed" } })).body).toMatchObject({
    server: { name: "renamed" },
  });
  expect((await alice.act(own, { createImage: { name: "locked all the same" } })).status).toBe(202);
});

test("the reason stands on a snapshot until the lock goes", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { body } = await alice.act(own, { createImage: { name: "one" } });
  const image = (await alice.ask("GET", `/image/v2/images/${(body as { image_id: string }).image_id}`)).body;
  expect(image).toMatchObject({ locked_reason: "a run of three weeks, do not touch" });
  out.clock.advance(4000);
  expect((await alice.act(own, { unlock: null })).status).toBe(202);
  const later = (await alice.act(own, { createImage: { name: "two" } })).body as { image_id: string };
  expect((await alice.ask("GET", `/image/v2/images/${later.image_id}`)).body).not.toHaveProperty("locked_reason");
});

test("a reason from 2.73 on; before it is not kept, and not shown", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const shown = async (minor: number) =>
    (await alice.ask("GET", `/compute/v2.1/servers/${free}`, undefined, nova(minor))).body as {
      server: Record<string, unknown>;
    };
  expect((await alice.act(free, { lock: { locked_reason: "why" } }, 72)).status).toBe(202);
  expect((await shown(73)).server).toMatchObject({ locked: true, locked_reason: null });
  // Locked already: the owner's second lock changes nothing, its reason is lost.
  expect((await alice.act(free, { lock: { locked_reason: "second" } }, 73)).status).toBe(202);
  expect((await shown(73)).server).toMatchObject({ locked_reason: null });
  await alice.act(free, { unlock: null });
  await alice.act(free, { lock: { locked_reason: "third" } });
  expect((await shown(73)).server).toMatchObject({ locked_reason: "third" });
  expect((await shown(72)).server).not.toHaveProperty("locked_reason");
  expect((await shown(8)).server).not.toHaveProperty("locked");
});

test("an administrator's lock is not the owner's to undo; a snapshot goes through it, an administrator too", async () => {
  await using out = await tryOut();
  const [alice, admin] = [await out.as("alice"), await out.as("admin")];
  const refused = await alice.act(admins, { unlock: null });
  expect([refused.status, refused.body]).toEqual([
    403,
    {
      forbidden: {
        code: 403,
        message: "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed.",
      },
    },
  ]);
  expect((await alice.act(admins, { "os-stop": null })).status).toBe(409);
  expect((await alice.act(admins, { createImage: { name: "x" } })).status).toBe(202);
  out.clock.advance(4000);
  expect((await admin.act(admins, { "os-stop": null })).status).toBe(202);
  expect((await admin.act(admins, { unlock: null })).status).toBe(202);
});

test("whoever is of the project undoes a lock that somebody of it made", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.act(own, { unlock: null })).status).toBe(202);
  expect((await alice.act(own, { "os-stop": null })).status).toBe(202);
});
