// Who may look whom up, as measured on Keystone 22.
import { demoIds } from "../index.ts";
import { tryOut } from "../test-client.ts";

const forbidden = (rule: string) => ({
  error: {
    code: 403,
    message: `You are not authorized to perform the requested action: identity:${rule}.`,
    title: "Forbidden",
  },
});

test.each([
  ["/users", "list_users"],
  ["/users?name=bob", "list_users"],
  [`/users/${demoIds.users.bob}`, "get_user"],
  ["/projects", "list_projects"],
  [`/projects/${demoIds.projects["bio-lab"]}`, "get_project"],
  ["/projects/nope", "get_project"],
  ["/roles", "list_roles"],
  ["/role_assignments", "list_role_assignments"],
  [`/projects/${demoIds.projects["astro-lab"]}/users/${demoIds.users.bob}/roles`, "list_grants"],
])("a member's GET %s is 403 by %s", async (path, rule) => {
  await using out = await tryOut();
  const reply = await (await out.as("alice")).ask("GET", `/identity/v3${path}`);
  expect([reply.status, reply.body]).toEqual([403, forbidden(rule)]);
});

test("a member sees themself, the project of the token, and where they have roles", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await alice.ask("GET", `/identity/v3/users/${demoIds.users.alice}`)).body).toMatchObject({
    user: { name: "alice", default_project_id: demoIds.projects["astro-lab"] },
  });
  expect((await alice.ask("GET", `/identity/v3/projects/${demoIds.projects["astro-lab"]}`)).body).toMatchObject({
    project: { name: "astro-lab" },
  });
  for (const path of ["/auth/projects", `/users/${demoIds.users.alice}/projects`]) {
    expect((await alice.ask("GET", `/identity/v3${path}`)).body).toMatchObject({
      projects: [{ name: "astro-lab" }],
      links: { next: null },
    });
  }
});

test("an administrator looks up by name, and is told what does not exist", async () => {
  await using out = await tryOut();
  const admin = await out.as("admin");
  expect((await admin.ask("GET", "/identity/v3/users?name=Alice")).body).toMatchObject({
    users: [{ id: demoIds.users.alice }],
  });
  expect((await admin.ask("GET", "/identity/v3/projects?name=bio-lab")).body).toMatchObject({
    projects: [{ id: demoIds.projects["bio-lab"] }],
  });
  const missing = await admin.ask("GET", "/identity/v3/users/nope");
  expect([missing.status, missing.text]).toEqual([404, expect.stringContaining("Could not find user: nope.")]);
});

test("role assignments: those granted, and with `effective` those implied too", async () => {
  await using out = await tryOut();
  const admin = await out.as("admin");
  const roles = async (more: string) => {
    const { body } = await admin.ask(
      "GET",
      `/identity/v3/role_assignments?user.id=${demoIds.users.alice}&include_names${more}`,
    );
    return (body as { role_assignments: { role: { name: string } }[] }).role_assignments.map(({ role }) => role.name);
  };
  expect(await roles("")).toEqual(["member"]);
  expect(await roles("&effective")).toEqual(["member", "reader"]);
  expect(await roles(`&scope.project.id=${demoIds.projects["bio-lab"]}`)).toEqual([]);
});
