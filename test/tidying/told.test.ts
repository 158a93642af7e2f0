// What owners really hear of an image on its way out: the function of the clock itself, day by day, and the mails and webhooks that went out.
import type { Context } from "aws-lambda";
import { handler } from "../../functions/cron/sweep-images.ts";
import { openEndpointStore } from "../../lib/notify/endpoint-store.ts";
import { openAnnouncer } from "../../lib/tidying/announce.ts";
import type { TidyingNotice } from "../../lib/tidying/notice.ts";
import { type SweepReport, sweepProvider } from "../../lib/tidying/sweep.ts";
import { asking, imageOf } from "../chain/bench.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { type NoticeBench, register, startNoticeBench } from "../notices/notice-bench.ts";
import { bootFrom, dayMs, hourMs, type ImageChanges, putImage, snapshotOf } from "./shelf.ts";

let bench: NoticeBench;
afterEach(() => bench.close());

type Person = "alice" | "bob" | "carol";

const begin = async ({ tidying = {}, ...policy }: Record<string, unknown> & { tidying?: object } = {}) => {
  const table = openMemoryTable();
  const clouds = { staffCloud: "admin", directoryCloud: "directory" };
  const days = { enabled: true, tellDays: 2, hideDays: 2 };
  bench = await startNoticeBench({ table, policy: { ...clouds, ...policy, tidying: { ...days, ...tidying } } });
};
/** An old snapshot that, as it says itself, this person made. */
const putSnapshot = (person: Person = "alice", changes: ImageChanges = {}) => {
  const properties = snapshotOf("gone", { user_id: bench.cloud.ids.user(person) });
  return putImage(bench, `of ${person}`, { properties, ...changes });
};
const isThere = (id: string) => bench.cloud.state.images[id] !== undefined;
const userRecord = (person: Person) => {
  const user = bench.cloud.state.users[bench.cloud.ids.user(person)];
  if (!user) throw new Error(`no user ${person}`);
  return user;
};

/** A pass on each of so many days, the run an hour later, and all that they had to say delivered. */
const days = async (count: number) => {
  const reports: SweepReport[] = [];
  for (let day = 0; day < count; day++) {
    for (const waitMs of [dayMs - hourMs, hourMs]) {
      bench.clock.advance(waitMs);
      reports.push(...(await handler({}, context as Context)));
      await bench.tell();
    }
  }
  return reports;
};
const context: Partial<Context> = { getRemainingTimeInMillis: () => 900_000 };
const mails = () => bench.sent.map(({ to, subject }) => `${to.address}: ${subject}`);
const toAlice = (what: string) => `alice@simulated.invalid: The image “of alice” ${what}`;
const lookUps = () => bench.cloud.calls.filter(({ path }) => path.includes("/v3/users/")).length;

test("used again and unused once more: every stage of the second round is told anew, before the image goes", async () => {
  await begin();
  const id = putSnapshot();
  await days(3);
  expect(mails()).toEqual([toAlice("will be deleted soon"), toAlice("was hidden")]);
  bootFrom(bench, "genome-1", id);
  await days(1);
  bootFrom(bench, "genome-1", bench.cloud.ids.image("taken-name"));
  await days(1);
  expect(mails().slice(2)).toEqual([toAlice("will be deleted soon")]);
  await days(4);
  expect(isThere(id)).toBe(false);
  expect(mails().slice(3)).toEqual([toAlice("was hidden"), toAlice("was deleted")]);
});

test.each(["told", "hidden"] as const)("a run that dies after it said %s: it is said once", async (kind) => {
  await begin();
  const id = putSnapshot();
  if (kind === "hidden") await days(2);
  bench.clock.advance(dayMs);
  const provider = bench.runtime.providers.all[0];
  if (!provider) throw new Error("no provider");
  const { tell } = openAnnouncer(bench.runtime, provider, (cloud) => cloud);
  const dies = async (notice: TidyingNotice) => {
    await tell(notice);
    throw new Error("killed");
  };
  const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell: dies };
  await expect(sweepProvider(bench.runtime, provider, run)).rejects.toThrow("killed");
  const said = [toAlice("will be deleted soon"), ...(kind === "hidden" ? [toAlice("was hidden")] : [])];
  await days(1);
  expect(mails()).toEqual(said);
  await days(kind === "told" ? 4 : 2);
  expect(isThere(id)).toBe(false);
});

test("who can be told is told; where nobody can, the image stays, and report and plan say why", async () => {
  await begin();
  const { ids } = bench.cloud;
  const of = (project: Parameters<typeof ids.project>[0]) => ({ owner: ids.project(project) });
  await register(bench, { types: ["image-request.completed"] });
  const { body } = await bench.call("create-webhook", "carol", { body: { url: bench.hookUrl("/staff") } });
  const put = {
    alices: putSnapshot("alice"),
    // Nova wrote none, and our service user's image is nobody's request.
    nobodys: putImage(bench, "nobody's", { properties: { image_type: "snapshot" } }),
    goneUsers: putImage(bench, "of one who is gone", {}),
    withoutAddress: putSnapshot("bob", of("bio-lab")),
    // The id of somebody of another project, which anybody may write on their image.
    ofAnotherProject: putSnapshot("alice", of("bio-lab")),
    withoutOwner: putSnapshot("alice", { owner: null as never }),
    withWebhook: putSnapshot("carol", of("staff")),
  };
  const stay = [put.nobodys, put.goneUsers, put.withoutAddress, put.ofAnotherProject, put.withoutOwner];
  const { body: plan } = await bench.call("get-tidying-plan", "carol", { query: { all: "true" } });
  const planned = (id: string) => plan.images.find((image: { id: string }) => image.id === id);
  for (const id of stay) expect(planned(id)).toMatchObject({ verdict: "kept", rule: "owner-unreachable", next: null });
  for (const id of [put.alices, put.withWebhook])
    expect(planned(id)).toMatchObject({ verdict: "unused", rule: null, next: { do: "tell" } });

  const [report] = await days(1);
  expect(report).toMatchObject({ kept: { "owner-unreachable": stay.length }, done: { told: 2 } });
  expect(mails()).toEqual([toAlice("will be deleted soon")]);
  expect(bench.received.map(({ path, payload }) => [path, payload.data.imageId])).toEqual([
    ["/staff", put.withWebhook],
  ]);
  await days(4);
  expect(stay.map(isThere)).toEqual(stay.map(() => true));
  expect([isThere(put.alices), isThere(put.withWebhook)]).toEqual([false, false]);
  // An endpoint that is called no more is no way to tell anybody.
  await openEndpointStore(bench.runtime.table).disable(body.id, { at: "", why: "" });
  putSnapshot("carol", of("staff"));
  expect((await days(1))[0]?.kept).toMatchObject({ "owner-unreachable": stay.length + 1 });
});

test("people are looked up once a run, and only where somebody is to be told", async () => {
  await begin();
  for (const _ of [1, 2, 3]) putSnapshot();
  await days(1);
  expect([mails().length, lookUps()]).toEqual([3, 2]);
  await days(1);
  expect([mails().length, lookUps()]).toEqual([3, 2]);
  await days(1);
  expect([mails().length, lookUps()]).toEqual([6, 4]);
});

test("where Keystone is away nobody is taken for unreachable: the pass stands still until it answers", async () => {
  await begin({ tidying: { unreachableOwners: "proceed" } });
  putSnapshot();
  const away = bench.cloud.faults.add({
    service: "identity",
    path: /\/users\//,
    when: "before",
    answer: { status: 503 },
  });
  expect((await days(1))[0]).toMatchObject({ outcome: "failed", done: {} });
  away.remove();
  expect((await days(1))[0]).toMatchObject({ outcome: "ended", done: { told: 1 } });
  expect(mails()).toEqual([toAlice("will be deleted soon")]);
});

test("a user who is disabled has no address; of an image that was hidden when its round broke off, it is shown again", async () => {
  await begin();
  const id = putSnapshot();
  await days(3);
  expect(bench.cloud.state.images[id]?.hidden).toBe(true);
  userRecord("alice").enabled = false;
  bench.clock.advance(3 * dayMs);
  expect((await days(1))[0]).toMatchObject({ kept: { "owner-unreachable": 1 } });
  expect(bench.cloud.state.images[id]?.hidden).toBe(false);
  expect(await bench.runtime.table.get(`tidying#simulated#${id}`)).toBeUndefined();
  userRecord("alice").enabled = true;
  expect((await days(1))[0]).toMatchObject({ done: { told: 1 } });
});

test("by the policy an image goes although nobody can be told: the plan and the report say that nobody was", async () => {
  await begin({ directoryCloud: undefined, tidying: { unreachableOwners: "proceed" } });
  userRecord("alice").email = "no address";
  const id = putSnapshot();
  const { body: plan } = await bench.call("get-tidying-plan", "carol");
  expect(plan.images).toMatchObject([
    { id, verdict: "unused", why: expect.stringContaining("nobody can be told"), next: { do: "tell" } },
  ]);
  expect((await days(1))[0]).toMatchObject({ done: { "told-nobody": 1 } });
  await days(4);
  expect([isThere(id), mails()]).toEqual([false, []]);
});

test("without directoryCloud the staff credential looks people up; without mailFrom nobody has an address", async () => {
  await begin({ directoryCloud: undefined });
  putSnapshot();
  await days(1);
  expect(mails()).toEqual([toAlice("will be deleted soon")]);
  await bench.close();
  await begin({ mailFrom: undefined });
  putSnapshot();
  expect((await days(1))[0]).toMatchObject({ kept: { "owner-unreachable": 1 } });
  expect([mails(), lookUps()]).toEqual([[], 0]);
});

test("of an image that Darkroom made, whoever asked for it: by what Keystone knows of them, else by the address that they gave", async () => {
  await begin({ mailDomains: ["lab.example"] });
  const alice = userRecord("alice");
  const { email } = alice;
  alice.email = undefined as never;
  const contact = { email: "observer@lab.example" };
  const answer = await bench.call("create-image-request", "alice", { body: asking(bench, { contact }) });
  const request = await bench.drive(answer.body.id);
  const image = imageOf(bench, request);
  const isOver = { darkroom_expires_at: "2026-01-01T00:00:00.000Z", darkroom_expiry_of: image.id };
  // Nova wrote our own service user where the server was imaged on a delegation that does not impersonate.
  Object.assign(image.properties, isOver, { user_id: bench.cloud.ids.user("darkroom") });
  await bench.tell();
  bench.sent.length = 0;
  await days(1);
  expect(mails()).toEqual(["observer@lab.example: The image “first-image” will be deleted soon"]);
  alice.email = email as never;
  await days(2);
  expect(mails().slice(1)).toEqual(["alice@simulated.invalid: The image “first-image” was hidden"]);
});
