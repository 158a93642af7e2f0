// Visibility and members, as measured on Glance 25.
import { demoIds } from "../index.ts";
import { type Reply, type Speaker, tryOut } from "../test-client.ts";

const own = demoIds.images["taken-name"];
const members = `/image/v2/images/${own}/members`;
const bio = demoIds.projects["bio-lab"];
const end = "<br /><br />\n\n\n";
const messageOf = ({ status, body }: Reply) => [status, (body as { message: string }).message];
const to = (visibility: string) => [{ op: "replace", path: "/visibility", value: visibility }];
const listed = async (who: Speaker, query = "") =>
  ((await who.ask("GET", `/image/v2/images${query}`)).body as { images: { name: string }[] }).images.some(
    ({ name }) => name === "taken-name",
  );

test("a member: 200 and pending; the same again 409; any text is taken for a project", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await alice.patch(own, to("shared"));
  const added = await alice.ask("POST", members, { member: bio });
  expect([added.status, added.body]).toEqual([
    200,
    {
      member_id: bio,
      image_id: own,
      status: "pending",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      schema: "/v2/schemas/member",
    },
  ]);
  expect(messageOf(await alice.ask("POST", members, { member: bio }))).toEqual([
    409,
    `Member ${bio} is duplicated for image ${own}${end}`,
  ]);
  expect((await alice.ask("POST", members, { member: "whatever" })).status).toBe(200);
  expect(messageOf(await alice.ask("POST", members, { x: 1 }))).toEqual([
    400,
    `Member to be added not specified${end}`,
  ]);
  expect(messageOf(await alice.ask("POST", members, { member: "" }))).toEqual([400, `Member can't be empty${end}`]);
});

test.each(["private", "community"])("a %s image has no members: 403", async (visibility) => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  await alice.patch(own, to(visibility));
  expect(messageOf(await alice.ask("POST", members, { member: bio }))).toEqual([
    403,
    `Not allowed to create members for image ${own}.${end}`,
  ]);
  expect(messageOf(await alice.ask("GET", members))).toEqual([
    403,
    `Not allowed to list members for image ${own}: Only shared images have members.${end}`,
  ]);
});

test("pending: seen by its id, listed only where pending ones are asked for; accepted: listed; rejected: by its id still", async () => {
  await using out = await tryOut();
  const [alice, bob] = [await out.as("alice"), await out.as("bob")];
  const get = async () => (await bob.ask("GET", `/image/v2/images/${own}`)).status;
  await alice.patch(own, to("shared"));
  expect(await get()).toBe(404);
  await alice.ask("POST", members, { member: bio });
  expect(await get()).toBe(200);
  const lists = () =>
    Promise.all(
      ["", "?visibility=shared", "?visibility=shared&member_status=pending", "?member_status=all"].map((query) =>
        listed(bob, query),
      ),
    );
  expect(await lists()).toEqual([false, false, true, true]);
  await bob.ask("PUT", `${members}/${bio}`, { status: "accepted" });
  expect(await lists()).toEqual([true, true, false, true]);
  await bob.ask("PUT", `${members}/${bio}`, { status: "rejected" });
  expect(await lists()).toEqual([false, false, false, true]);
  expect(await get()).toBe(200);
});

test("accepting is the member's, or an administrator's, not the owner's", async () => {
  await using out = await tryOut();
  const [alice, bob, admin] = [await out.as("alice"), await out.as("bob"), await out.as("admin")];
  await alice.patch(own, to("shared"));
  await alice.ask("POST", members, { member: bio });
  await alice.ask("POST", members, { member: "whatever" });
  const set = (who: Speaker, member: string, status: string) => who.ask("PUT", `${members}/${member}`, { status });
  expect(messageOf(await set(alice, bio, "accepted"))).toEqual([
    403,
    `Not allowed to update members for image ${own}.${end}`,
  ]);
  expect((await set(bob, bio, "accepted")).body).toMatchObject({ status: "accepted" });
  expect((await set(admin, bio, "rejected")).body).toMatchObject({ status: "rejected" });
  expect((await set(bob, bio, "zz")).status).toBe(400);
  // For a member other members do not exist.
  expect(messageOf(await set(bob, "whatever", "accepted"))).toEqual([
    404,
    `whatever not found in the member list of the image ${own}.${end}`,
  ]);
});

test("a member sees only itself, and may neither change nor delete nor share on", async () => {
  await using out = await tryOut();
  const [alice, bob] = [await out.as("alice"), await out.as("bob")];
  await alice.patch(own, to("shared"));
  for (const member of [bio, "whatever"]) await alice.ask("POST", members, { member });
  const seen = async (who: Speaker) => ((await who.ask("GET", members)).body as { members: object[] }).members.length;
  expect([await seen(alice), await seen(bob)]).toEqual([2, 1]);
  const statuses = [
    (await bob.patch(own, [{ op: "add", path: "/x", value: "y" }])).status,
    (await bob.ask("DELETE", `/image/v2/images/${own}`)).status,
    (await bob.ask("POST", members, { member: "more" })).status,
    (await bob.ask("DELETE", `${members}/${bio}`)).status,
  ];
  expect(statuses).toEqual([403, 403, 403, 403]);
});

test("removed: 204, then 404; made private, the image is gone for members, who are remembered", async () => {
  await using out = await tryOut();
  const [alice, bob] = [await out.as("alice"), await out.as("bob")];
  await alice.patch(own, to("shared"));
  await alice.ask("POST", members, { member: bio });
  await alice.patch(own, to("private"));
  expect((await bob.ask("GET", `/image/v2/images/${own}`)).status).toBe(404);
  await alice.patch(own, to("shared"));
  expect((await bob.ask("GET", `/image/v2/images/${own}`)).status).toBe(200);
  expect((await alice.ask("DELETE", `${members}/${bio}`)).status).toBe(204);
  expect((await alice.ask("DELETE", `${members}/${bio}`)).status).toBe(404);
});

test("community: everybody's by its id, listed only where asked for", async () => {
  await using out = await tryOut();
  const [alice, bob] = [await out.as("alice"), await out.as("bob")];
  await alice.patch(own, to("community"));
  expect((await bob.ask("GET", `/image/v2/images/${own}`)).status).toBe(200);
  const project = demoIds.projects["astro-lab"];
  const lists = await Promise.all(
    ["", "?visibility=community", "?visibility=all", `?owner=${project}`].map((query) => listed(bob, query)),
  );
  expect(lists).toEqual([false, true, true, false]);
  expect(await listed(alice)).toBe(true);
});
