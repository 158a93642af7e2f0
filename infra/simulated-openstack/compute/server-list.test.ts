// Lists of servers: what filters, what is silently ignored, pages; as measured on Nova 26.
import { demoIds } from "../index.ts";
import { nova, type Speaker, tryOut } from "../test-client.ts";

const all = 13;
type List = { servers: { id: string; name: string }[]; servers_links?: { rel: string; href: string }[] };
const list = async (who: Speaker, query = "", minor = 93) =>
  (await who.ask("GET", `/compute/v2.1/servers${query}`, undefined, nova(minor))).body as List;
const names = async (who: Speaker, query: string) => (await list(who, query)).servers.map(({ name }) => name);

test("one's own project's, newest first", async () => {
  await using out = await tryOut();
  const shown = await list(await out.as("alice"));
  expect(shown.servers).toHaveLength(all);
  expect([shown.servers[0]?.name, shown.servers.at(-1)?.name]).toEqual(["no-agent-1", "analysis-1"]);
  expect(await names(await out.as("bob"), "")).toEqual(["genome-1"]);
});

test("a member's metadata filter is dropped: every server comes back; an administrator's works", async () => {
  await using out = await tryOut();
  const wanted = `metadata=${encodeURIComponent('{"x":"nope"}')}`;
  expect((await list(await out.as("alice"), `?${wanted}`)).servers).toHaveLength(all);
  expect((await list(await out.as("admin"), `?all_tenants=1&${wanted}`)).servers).toEqual([]);
});

test("unknown filters are dropped too", async () => {
  await using out = await tryOut();
  expect((await list(await out.as("alice"), "?nonsense=1&host=x&project_id=y")).servers).toHaveLength(all);
});

test("name is a regular expression, found anywhere, whatever the case", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect(await names(alice, "?name=%5Eanalysis-1%24")).toEqual(["analysis-1"]);
  expect(await names(alice, "?name=%5Enalysis-1%24")).toEqual([]);
  expect(await names(alice, "?name=LOCKED")).toEqual(["locked-by-admin-1", "locked-by-owner-1"]);
  const bad = await alice.ask("GET", "/compute/v2.1/servers?name=%5B");
  expect([bad.status, bad.body]).toEqual([
    400,
    { badRequest: { code: 400, message: "Invalid input for query parameters name. Value: [. '[' is not a 'regex'" } },
  ]);
});

test("status, image, tags and, from 2.73 on, locked filter", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect(await names(alice, "?status=SHUTOFF")).toEqual(["stopped-1"]);
  expect(await names(alice, "?status=NONSENSE")).toEqual([]);
  expect(await names(alice, `?image=${demoIds.images["windows-2022"]}`)).toEqual(["windows-1"]);
  await alice.ask("PUT", `/compute/v2.1/servers/${demoIds.servers["stopped-1"]}/tags/blue`, undefined, nova(26));
  expect(await names(alice, "?tags=blue")).toEqual(["stopped-1"]);
  expect(await names(alice, "?tags=blue,red")).toEqual([]);
  expect(await names(alice, "?locked=true")).toEqual(["locked-by-admin-1", "locked-by-owner-1"]);
  expect((await list(alice, "?locked=true", 72)).servers).toHaveLength(all);
});

test("all projects only for administrators", async () => {
  await using out = await tryOut();
  const refused = await (await out.as("alice")).ask("GET", "/compute/v2.1/servers/detail?all_tenants=1");
  expect([refused.status, refused.text]).toEqual([
    403,
    expect.stringContaining("Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed."),
  ]);
  const admin = await out.as("admin");
  expect((await list(admin, "?all_tenants=1")).servers).toHaveLength(all + 1);
  expect((await list(admin)).servers).toEqual([]);
});

test("pages follow servers_links, each server once; a page that is just full has a next one that is empty", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const seen: string[] = [];
  let pages = 0;
  for (let query: string | undefined = "?limit=5&status=ACTIVE"; query !== undefined; pages++) {
    const page: List = await list(alice, query);
    seen.push(...page.servers.map(({ id }) => id));
    query = page.servers_links?.find(({ rel }) => rel === "next")?.href.split("/servers")[1];
    if (query) expect(query).toContain("status=ACTIVE");
  }
  expect([pages, seen.length, new Set(seen).size]).toEqual([2, 9, 9]);
  const full = await list(alice, `?limit=${all}`);
  const last = full.servers_links?.[0]?.href.split("/servers")[1];
  expect(await names(alice, last ?? "missing")).toEqual([]);
});

test("limits and markers that are none", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  expect((await list(alice, "?limit=0")).servers).toEqual([]);
  const messages = [];
  for (const query of ["limit=abc", "marker=11111111-1111-4111-8111-111111111111", "sort_key=nonsense"])
    messages.push((await alice.ask("GET", `/compute/v2.1/servers?${query}`)).status);
  expect(messages).toEqual([400, 400, 400]);
});

test("detail shows what one server shows, but for server_groups", async () => {
  await using out = await tryOut();
  const alice = await out.as("alice");
  const { servers } = (await alice.ask("GET", "/compute/v2.1/servers/detail?name=analysis-1", undefined, nova(93)))
    .body as { servers: object[] };
  const { server } = (
    await alice.ask("GET", `/compute/v2.1/servers/${demoIds.servers["analysis-1"]}`, undefined, nova(93))
  ).body as { server: { server_groups?: unknown } };
  const { server_groups, ...rest } = server;
  expect(server_groups).toEqual([]);
  expect(servers).toEqual([rest]);
});
