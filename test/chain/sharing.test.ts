// Sharing over HTTP: members by project and by name, invitations of the other side, public images through staff.
import { finishPublicity } from "../../lib/images/finish-publicity.ts";
import { openPublicity } from "../../lib/images/publicity.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { type Bench, type BenchOptions, expectNothingLeft, imageOf, startBench } from "./bench.ts";
import { guestsSay, post } from "./speaking-guests.ts";

const everything = ["private", "shared", "community", "public"];
const policy = {
  visibilities: everything,
  approvalNeededFor: ["public"],
  directoryCloud: "directory",
  staffCloud: "admin",
};

let bench: Bench;
let table: ReturnType<typeof openMemoryTable>;
const begin = async (more: Record<string, unknown> = {}, otherProviders: BenchOptions["otherProviders"] = {}) => {
  table = openMemoryTable();
  bench = await startBench({ policy: { ...policy, ...more }, otherProviders, table });
  guestsSay(bench, {});
};
afterEach(() => bench.close());

const project = (name: string) => bench.cloud.ids.project(name);

/** An image of alice's, in the state that Glance is to find it in. */
function imageOfAlice(more: Record<string, unknown> = {}): string {
  const id = bench.cloud.ids.image("taken-name");
  const image = bench.cloud.state.images[id];
  if (!image) throw new Error("the demo has no such image");
  Object.assign(image, { visibility: "shared", members: {} }, more);
  return id;
}

/** What projects were told, oldest first. */
function told(): unknown[] {
  const items = [...table.items.values()].filter(({ id }) => id.startsWith("notice#"));
  return items.map(({ notice }) => {
    const { kind, projectId, facts } = notice as { kind: string; projectId: string; facts: { imageId: string } };
    return [kind, projectId, facts.imageId];
  });
}

describe("members of an image", () => {
  test("by a project's id: the owner sees who answered what, a member itself, others nothing; away again it is gone", async () => {
    await begin();
    const id = imageOfAlice();
    const put = await bench.call("put-member", "alice", { id, params: { project: project("bio-lab") } });
    expect([put.status, put.body]).toEqual([
      200,
      expect.objectContaining({
        project: { id: project("bio-lab"), name: "bio-lab" },
        status: "pending",
        checked: true,
        note: expect.stringContaining("whole project"),
      }),
    ]);
    const again = await bench.call("put-member", "alice", { id, params: { project: project("bio-lab") } });
    expect([again.status, again.body.status]).toEqual([200, "pending"]);
    await bench.call("put-member", "alice", { id, params: { project: project("imaging") } });

    const invited = await bench.call("list-invitations", "bob");
    expect(invited.body).toMatchObject({ more: false, invitations: [{ image: { id, name: "taken-name" } }] });
    const accepted = await bench.call("answer-invitation", "bob", {
      params: { imageId: id },
      body: { status: "accepted" },
    });
    expect([accepted.status, accepted.body.status]).toEqual([200, "accepted"]);
    expect((await bench.call("list-invitations", "bob")).body.invitations).toEqual([]);
    const kept = await bench.call("list-invitations", "bob", { query: { status: "accepted" } });
    expect(kept.body.invitations).toHaveLength(1);
    expect((await bench.call("list-invitations", "alice")).body.invitations).toEqual([]);

    const seen = async (person: "alice" | "bob" | "carol") => bench.call("list-members", person, { id });
    const ofOwner = (await seen("alice")).body.members.map(
      ({ project, status }: { project: { name: string }; status: string }) => [project.name, status],
    );
    expect(ofOwner).toEqual([
      ["bio-lab", "accepted"],
      ["imaging", "pending"],
    ]);
    expect((await seen("bob")).body.members).toHaveLength(1);
    expect((await seen("carol")).status).toBe(404);

    const rejected = await bench.call("answer-invitation", "bob", {
      params: { imageId: id },
      body: { status: "rejected" },
    });
    expect(rejected.body.status).toBe("rejected");
    expect((await seen("alice")).body.members[0].status).toBe("rejected");

    const remove = () => bench.call("delete-member", "alice", { id, params: { project: project("bio-lab") } });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(204);
    expect((await seen("alice")).body.members).toHaveLength(1);
    expect(told()).toEqual([
      ["image.shared", project("bio-lab"), id],
      ["image.shared", project("imaging"), id],
      ["image.share-accepted", project("astro-lab"), id],
      ["image.share-rejected", project("astro-lab"), id],
    ]);
    const late = await bench.call("answer-invitation", "bob", {
      params: { imageId: id },
      body: { status: "accepted" },
    });
    expect(late.status).toBe(404);
  });

  test("by a person's name: the default project, else the only one; of several the caller chooses", async () => {
    await begin();
    const id = imageOfAlice();
    const share = (body: unknown) => bench.call("create-member", "alice", { id, body });
    const bob = bench.cloud.state.users[bench.cloud.ids.user("bob")];
    if (!bob) throw new Error("nobody is called bob");
    expect((await share({ user: "bob" })).body.project).toEqual({ id: project("bio-lab"), name: "bio-lab" });

    bench.grant("bob", "member", "staff");
    bob.defaultProjectId = null;
    const several = await share({ user: "bob" });
    expect(several.status).toBe(409);
    expect(several.body.type).toContain("which-project");
    expect(several.body.choices).toEqual([
      { id: project("bio-lab"), name: "bio-lab" },
      { id: project("staff"), name: "staff" },
    ]);
    bob.defaultProjectId = project("imaging");
    expect((await share({ user: "bob" })).status).toBe(409);
    bob.defaultProjectId = project("staff");
    expect((await share({ user: "bob", domain: "Default" })).body.project.name).toBe("staff");

    expect((await share({ project: "imaging" })).body.project.id).toBe(project("imaging"));
    for (const body of [{ user: "nobody" }, { project: "nothing" }, { user: "bob", domain: "nowhere" }]) {
      const refused = await share(body);
      expect([refused.status, refused.body.remedy]).toEqual([422, expect.any(String)]);
    }
    bench.cloud.state.grants = bench.cloud.state.grants.filter(({ userId }) => userId !== bob.id);
    expect((await share({ user: "bob" })).body.detail).toContain("in no project");
    bob.enabled = false;
    expect((await share({ user: "bob" })).body.detail).toContain("no user bob");
  });

  test("a project that does not exist is refused; without a directory it is taken, and marked so", async () => {
    await begin();
    const id = imageOfAlice();
    const unknown = await bench.call("put-member", "alice", { id, params: { project: "f".repeat(32) } });
    expect([unknown.status, unknown.body.errors]).toEqual([422, [expect.objectContaining({ field: "project" })]]);
    await bench.close();
    await begin({ directoryCloud: undefined });
    imageOfAlice();
    const taken = await bench.call("put-member", "alice", { id, params: { project: "f".repeat(32) } });
    expect([taken.status, taken.body.checked, taken.body.project.name]).toEqual([200, false, null]);
    const byName = await bench.call("create-member", "alice", { id, body: { user: "bob" } });
    expect([byName.status, byName.body.type]).toEqual([422, expect.stringContaining("no-directory")]);
  });

  test("what stands in the way is said: not the owner, not shared, not allowed, its own project, one too many", async () => {
    await begin();
    const id = imageOfAlice();
    const put = (person: "alice" | "bob" | "carol", named = project("bio-lab"), image = id) =>
      bench.call("put-member", person, { id: image, params: { project: named } });
    expect((await put("bob")).status).toBe(404);
    expect((await put("alice", project("astro-lab"))).status).toBe(422);
    expect((await put("alice", project("bio-lab"), "../x")).status).toBe(404);
    await put("alice");
    expect((await put("bob", project("staff"))).status).toBe(403);
    bench.cloud.state.imageQuota.members = 1;
    const full = await put("alice", project("staff"));
    expect([full.status, full.body.type, full.body.openstackRequestId]).toEqual([
      409,
      expect.stringContaining("too-many-members"),
      expect.stringMatching(/^req-/),
    ]);
    imageOfAlice({ visibility: "private" });
    const apart = await put("alice");
    expect([apart.status, apart.body.remedy]).toEqual([409, expect.stringContaining("PATCH")]);
    expect((await bench.call("list-members", "alice", { id })).body.members).toEqual([]);
    await bench.close();
    await begin({ visibilities: ["private"] });
    imageOfAlice();
    expect((await put("alice")).status).toBe(403);
  });

  test("a directory that is refused is the operator's trouble: 503, never a token that is wrong or a project that is not there", async () => {
    await begin();
    const id = imageOfAlice();
    bench.cloud.state.systemGrants = [];
    const put = await bench.call("put-member", "alice", { id, params: { project: project("bio-lab") } });
    expect([put.status, put.body.detail]).toEqual([503, expect.stringContaining("directoryCloud")]);
    expect(bench.cloud.state.images[id]?.members).toEqual({});
  });
});

describe("an image request", () => {
  test("names people and projects: found at the door, kept with the request, members in the end", async () => {
    await begin();
    const share = { projects: [project("staff")], users: ["bob"] };
    const request = await bench.drive(await post(bench, { visibility: "shared", share }));
    expect(request.end).toEqual({ status: "completed" });
    expect(request.sharedWith).toEqual([
      { id: project("staff"), name: "staff", checked: true },
      {
        id: project("bio-lab"),
        name: "bio-lab",
        checked: true,
        users: [{ id: bench.cloud.ids.user("bob"), name: "bob" }],
      },
    ]);
    expect(Object.keys(imageOf(bench, request).members)).toEqual([project("staff"), project("bio-lab")]);
    await expectNothingLeft(bench, request, { image: true });
  });

  test("with people and projects that there are not, or the requester's own: refused, each by its field, before anything is begun", async () => {
    await begin();
    const share = { projects: ["f".repeat(32), project("astro-lab")], users: ["nobody"] };
    const body = {
      serverId: bench.cloud.ids.server("analysis-1"),
      name: "x",
      licenseAcknowledged: true,
      visibility: "shared",
      share,
    };
    const refused = await bench.call("create-image-request", "alice", { body });
    expect(refused.status).toBe(422);
    const fields = refused.body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(["share.projects.0", "share.projects.1", "share.users.0"]);
    expect(Object.values(bench.cloud.state.trusts)).toEqual([]);
    const preflight = await bench.call("create-preflight", "alice", { body });
    expect(preflight.body.obstacles.map(({ field }: { field?: string }) => field)).toEqual(
      expect.arrayContaining(fields),
    );
  });

  test("for a public image is made public last, by the operator's credential, after staff said yes", async () => {
    await begin();
    const id = await post(bench, { visibility: "public" });
    await bench.drive(id, ({ step, waiting }) => step === "approve" && waiting !== undefined);
    await bench.call("decide-image-request", "carol", { id, body: { decision: "approve", reason: "a course" } });
    const request = await bench.drive(id);
    expect(request.end).toEqual({ status: "completed" });
    const image = imageOf(bench, request);
    expect(image.visibility).toBe("public");
    const patches = bench.cloud.calls.filter(({ method, path }) => method === "PATCH" && path.endsWith(image.id));
    expect(patches.at(-1)?.userId).toBe(bench.cloud.ids.user("admin"));
    expect(patches.filter(({ userId }) => userId === bench.cloud.ids.user("admin"))).toHaveLength(1);
    await expectNothingLeft(bench, request, { image: true });
  });

  test("waits where the operator's credential is refused, and ends in words that blame nobody's token", async () => {
    await begin({ approvalNeededFor: [], outagePatienceHours: 1 });
    const id = await post(bench, { visibility: "public" });
    bench.cloud.faults.add({
      service: "image",
      method: "PATCH",
      path: /images/,
      body: /"public"/,
      when: "before",
      answer: { error: 403, message: "You are not permitted" },
    });
    const request = await bench.drive(id);
    expect(request.end).toMatchObject({ status: "failed", problem: { detail: expect.stringContaining("staffCloud") } });
    expect(request.end).not.toMatchObject({ problem: { type: expect.stringContaining("delegation") } });
    await expectNothingLeft(bench, request, { image: false });
  });

  test("for what cannot be made here is refused at the door in words", async () => {
    await begin({ staffCloud: undefined, directoryCloud: undefined });
    const body = { serverId: bench.cloud.ids.server("analysis-1"), name: "x", licenseAcknowledged: true };
    const asked = async (more: object) => {
      const { status, body: answer } = await bench.call("create-image-request", "alice", {
        body: { ...body, ...more },
      });
      return [status, answer.errors];
    };
    expect(await asked({ visibility: "public" })).toEqual([
      422,
      [{ field: "visibility", detail: expect.stringContaining("operator's own credential") }],
    ]);
    expect(await asked({ visibility: "shared", share: { users: ["bob"] } })).toEqual([
      422,
      [{ field: "share.users", detail: expect.stringContaining("cannot be looked up") }],
    ]);
    expect(await asked({ visibility: "community", share: { projects: ["p"] } })).toEqual([
      422,
      [{ field: "share.projects", detail: expect.stringContaining("shared") }],
    ]);
  });
});

const asIsProperties = { darkroom_published_at: "2026-01-01", darkroom_request: "r", darkroom_preparation: "as-is" };

describe("an image that is to be public", () => {
  const ask = (id: string, person: "alice" | "bob" = "alice") =>
    bench.call("ask-publicity", person, { id, body: { reason: "a course" } });
  const decide = (id: string, person: "alice" | "bob" | "carol", decision = "approve") =>
    bench.call("decide-publicity", person, { id, body: { decision, reason: "as agreed" } });

  test("waits for staff, and is made public by the operator's credential; who decided is told the owner", async () => {
    await begin();
    const id = imageOfAlice({ visibility: "private" });
    expect((await ask(id, "bob")).status).toBe(404);
    const asked = await ask(id);
    expect([asked.status, asked.body.status]).toEqual([200, "awaiting-approval"]);
    bench.clock.advance(1000);
    expect((await ask(id)).body.askedAt).toBe(asked.body.askedAt);
    expect(bench.cloud.state.images[id]?.visibility).toBe("private");
    expect((await decide(id, "bob")).status).toBe(404);
    expect((await decide(id, "alice")).status).toBe(403);
    const decided = await decide(id, "carol");
    expect([decided.status, decided.body.status]).toEqual([200, "public"]);
    expect(bench.cloud.state.images[id]?.visibility).toBe("public");
    expect((await decide(id, "carol", "deny")).status).toBe(409);
    const { body } = await bench.call("get-publicity", "alice", { id });
    expect(body).toMatchObject({ status: "public", decision: { reason: "as agreed", by: { userName: "carol" } } });
    expect((await bench.call("get-publicity", "bob", { id })).status).toBe(404);
    expect((await ask(id)).body.type).toContain("already-public");
  });

  test("its owner is told by mail too, where an address is known; it goes from the table once that was done", async () => {
    await begin({ mailFrom: "darkroom@uni.example", mailDomains: ["uni.example"] });
    const id = imageOfAlice({ visibility: "private" });
    const body = { contact: { email: "alice@uni.example" } };
    const asked = await bench.call("ask-publicity", "alice", { id, body });
    expect(JSON.stringify(asked.body)).not.toContain("simulated.invalid");
    await decide(id, "carol", "deny");
    const [notice] = [...table.items.values()].filter((item) => item.id.startsWith("notice#"));
    expect(notice?.notice).toMatchObject({
      recipient: { address: "alice@simulated.invalid", name: "alice" },
      facts: { decision: "denied" },
    });
    expect(table.items.get(`publicity#simulated#${id}`)?.contactAddress).toBeUndefined();
  });

  test("is among what is kept of who asked, who can have their name and address erased", async () => {
    await begin({ mailFrom: "darkroom@uni.example" });
    const id = imageOfAlice({ visibility: "private" });
    await ask(id);
    const kept = await bench.call("get-my-data", "alice");
    expect(kept.body.publicity).toMatchObject([
      { publicity: { image: { id } }, contactAddress: "alice@simulated.invalid" },
    ]);
    const { body } = await bench.call("erase-my-data", "alice");
    expect(body.erased.publicity).toBe(1);
    expect(JSON.stringify(table.items.get(`publicity#simulated#${id}`))).not.toContain("alice");
    expect((await decide(id, "carol")).body.requester.userName).toBe("(erased)");
    const asStaff = await bench.call("erase-my-data", "carol");
    expect(asStaff.body.erased).toMatchObject({ publicity: 1, records: 1 });
    expect(JSON.stringify(table.items.get(`publicity#simulated#${id}`))).not.toContain("carol");
  });

  test("is denied with a reason, asked for anew, and withdrawn", async () => {
    await begin();
    const id = imageOfAlice({ visibility: "private" });
    await ask(id);
    expect((await decide(id, "carol", "deny")).body.status).toBe("denied");
    expect(bench.cloud.state.images[id]?.visibility).toBe("private");
    bench.clock.advance(1000);
    expect((await ask(id)).body).toMatchObject({ status: "awaiting-approval", decision: null });
    const withdraw = (person: "alice" | "carol") => bench.call("withdraw-publicity", person, { id });
    expect((await withdraw("carol")).status).toBe(404);
    expect((await withdraw("alice")).status).toBe(204);
    expect((await withdraw("alice")).status).toBe(404);
    expect((await decide(id, "carol")).status).toBe(404);
  });

  test("is made public later where Glance is away when staff say yes; nobody has to say it twice", async () => {
    await begin();
    const id = imageOfAlice({ visibility: "private" });
    await ask(id);
    bench.cloud.faults.add({ service: "image", method: "PATCH", path: /./, when: "before", answer: { error: 503 } });
    expect((await decide(id, "carol")).body.status).toBe("approved");
    await finishPublicity(bench.runtime);
    expect((await bench.call("get-publicity", "alice", { id })).body.status).toBe("approved");
    bench.cloud.faults.clear();
    await finishPublicity(bench.runtime);
    expect((await bench.call("get-publicity", "alice", { id })).body.status).toBe("public");
    expect(bench.cloud.state.images[id]?.visibility).toBe("public");
    expect(told()).toEqual([["image.publication-decided", project("astro-lab"), id]]);
    const calls = bench.cloud.calls.length;
    await finishPublicity(bench.runtime);
    expect(bench.cloud.calls.length).toBe(calls);
  });

  test("waits for no other cloud: one that is away is asked once a turn", async () => {
    await begin({}, { away: { cloud: "darkroom", staffCloud: "admin", visibilities: everything } });
    const id = imageOfAlice({ visibility: "private" });
    const publicity = openPublicity(table);
    const letBePublic = async (provider: string, imageId: string, at: string) => {
      const requester = { userId: "a", userName: "alice" };
      const of = { imageName: "x", projectId: project("astro-lab"), projectName: "astro-lab" };
      const question = await publicity.ask({ provider, imageId, ...of, requester, reason: "", askedAt: at });
      const by = { userId: "c", userName: "carol" };
      await publicity.decide(question, { decision: "approve", reason: "", by, at });
    };
    const early = new Date(bench.clock.now() - 60_000).toISOString();
    for (let each = 10; each < 40; each++)
      await letBePublic("away", `00000000-aaaa-4000-8000-0000000000${each}`, early);
    await letBePublic("simulated", id, new Date(bench.clock.now()).toISOString());
    bench.cloud.faults.add({
      service: "image",
      method: "PATCH",
      path: /00000000-aaaa/,
      when: "before",
      answer: { error: 503 },
    });
    await finishPublicity(bench.runtime);
    const patched = bench.cloud.calls.filter(({ method }) => method === "PATCH").map(({ path }) => path);
    expect(new Set(patched).size).toBe(2);
    expect((await publicity.find("simulated", id))?.doneAt).toBeDefined();
  });

  test("is no question any more once its owner has deleted it", async () => {
    await begin({ mailFrom: "darkroom@uni.example" });
    const id = imageOfAlice({ visibility: "private", protected: false });
    await ask(id);
    expect((await bench.call("list-approvals", "carol")).body.approvals).toHaveLength(1);
    expect((await bench.call("delete-image", "alice", { id })).status).toBe(204);
    expect((await bench.call("list-approvals", "carol")).body.approvals).toEqual([]);
    expect(JSON.stringify([...table.items.values()])).not.toContain("alice@");
  });

  test("that nobody decides about in time, or that cannot be made so, is no question any more; nor is the address kept", async () => {
    await begin({ mailFrom: "darkroom@uni.example", approvalDeadlineDays: 3 });
    const id = imageOfAlice({ visibility: "private" });
    const days = (count: number) => bench.clock.advance(count * 86_400_000);
    const afterATurn = async () => {
      await finishPublicity(bench.runtime);
      const { status, body } = await bench.call("get-publicity", "alice", { id });
      return status === 404 ? undefined : body.status;
    };
    await ask(id);
    days(2.9);
    expect(await afterATurn()).toBe("awaiting-approval");
    days(0.2);
    expect(await afterATurn()).toBeUndefined();
    await ask(id);
    bench.cloud.faults.add({ service: "image", method: "PATCH", path: /./, when: "before", answer: { error: 503 } });
    await decide(id, "carol");
    days(2.9);
    expect(await afterATurn()).toBe("approved");
    days(0.2);
    expect(await afterATurn()).toBeUndefined();
    expect(JSON.stringify([...table.items.values()])).not.toContain("alice@");
  });

  test("that was deleted meanwhile is no question any more", async () => {
    await begin();
    const id = imageOfAlice({ visibility: "private" });
    await ask(id);
    delete bench.cloud.state.images[id];
    expect((await decide(id, "carol")).status).toBe(404);
    expect((await bench.call("get-publicity", "carol", { id })).status).toBe(404);
  });

  test("is never a disk as it stood, nor possible without the operator's credential; nobody needs to be asked where the policy says so", async () => {
    await begin({ approvalNeededFor: [] });
    const asIs = imageOfAlice({ visibility: "private", properties: asIsProperties });
    expect((await ask(asIs)).body.type).toContain("private-only");
    const id = imageOfAlice({ visibility: "private", properties: {} });
    expect((await ask(id)).body).toMatchObject({ status: "public", decision: { by: { userId: "policy" } } });
    await bench.close();
    await begin({ staffCloud: undefined });
    expect((await ask(imageOfAlice({ visibility: "private" }))).status).toBe(403);
  });
});

test("a provider tells whether people can be named, and public images asked for", async () => {
  await begin();
  const shown = async () => (await bench.call("list-providers", undefined)).body.providers[0];
  expect(await shown()).toMatchObject({ sharesByName: true, webSso: false, visibilities: everything });
  await bench.close();
  await begin({ directoryCloud: undefined, staffCloud: undefined });
  expect(await shown()).toMatchObject({ sharesByName: false, visibilities: ["private", "shared", "community"] });
});
