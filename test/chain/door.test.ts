// The door: bad input, strangers, keys, a cloud that is down. Whatever is refused has written nothing and sent nothing.
import { randomBytes } from "node:crypto";
import { asking, type Bench, expectNothingLeft, type Person, startBench } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
afterEach(() => bench.cloud.faults.clear());

const post = (body: unknown, person: Person | "nobody" = "alice", headers: Record<string, string> = {}) =>
  bench.call("create-image-request", person === "nobody" ? undefined : person, { body, headers });

/** Nothing was written, sent, or asked of the cloud but who calls and which server it is. */
async function expectUntouched(beganWith: { calls: number }) {
  expect(bench.queue).toEqual([]);
  expect(Object.values(bench.cloud.state.trusts)).toEqual([]);
  const { body } = await bench.call("list-image-requests", "alice");
  expect(body.requests).toEqual([]);
  const since = bench.cloud.calls
    .slice(beganWith.calls)
    .filter(({ method, service }) => method !== "GET" && service !== "identity");
  expect(since).toEqual([]);
}

describe("a request that is refused names the field and changes nothing:", () => {
  const long = (length: number) => "x".repeat(length);
  const cases: [string, Record<string, unknown>, string, number?][] = [
    ["no server", { serverId: undefined }, "serverId"],
    ["a server id that is none", { serverId: "../../x" }, "serverId"],
    ["an unknown server", { serverId: "99999999-9999-4999-8999-999999999999" }, "serverId"],
    ["a name that an image of the project has", { name: "taken-name" }, "name"],
    ["an empty name", { name: "   " }, "name"],
    ["a name of 31 characters", { name: long(31) }, "name"],
    ["a name with a control character", { name: "a\u0007b" }, "name"],
    ["a name with a line end", { name: "a\nb" }, "name"],
    ["a name with a lone surrogate", { name: "a\ud800" }, "name"],
    ["an emoji, which Glance cannot keep", { name: "lab \u{1f52c}" }, "name"],
    ["an emoji in a tag", { tags: ["\u{1f52c}"] }, "tags[0]"],
    [
      "more software than Glance can keep",
      { installedSoftware: Array.from({ length: 15 }, () => ({ name: "x", path: `/${"\u65e5".repeat(1300)}` })) },
      "installedSoftware",
    ],
    ["a name that is a number", { name: 7 }, "name"],
    ["a huge name", { name: long(50_000) }, "name"],
    ["too long a description", { description: long(4001) }, "description"],
    ["tags that are no list", { tags: "a" }, "tags"],
    ["a tag twice", { tags: ["a", "a"] }, "tags"],
    ["too many tags", { tags: Array.from({ length: 51 }, (_, at) => `t${at}`) }, "tags"],
    ["a visibility that there is not", { visibility: "secret" }, "visibility"],
    ["a visibility that is not offered", { visibility: "public" }, "visibility"],
    ["as it is, and yet for others", { visibility: "shared" }, "preparation"],
    ["a system folder to exclude", { preparation: "clean", excludePaths: ["/opt/x", "/usr"] }, "excludePaths.1"],
    [
      "a whole emptied folder to keep",
      { preparation: "clean", keepPaths: [{ path: "/home", reason: "x" }] },
      "keepPaths.0",
    ],
    [
      "more paths than reach a guest",
      {
        preparation: "clean",
        excludePaths: Array.from({ length: 300 }, () => `/opt/${randomBytes(120).toString("base64url")}`),
      },
      "excludePaths",
    ],
    ["files to exclude from an as-is image", { excludePaths: ["/opt/secret"] }, "excludePaths"],
    ["a relative path", { excludePaths: ["opt"] }, "excludePaths[0]"],
    ["a path that leads out", { excludePaths: ["/opt/../etc"] }, "excludePaths[0]"],
    ["a path with NUL", { excludePaths: ["/a\0b"] }, "excludePaths[0]"],
    ["sharing a private image", { share: { projects: ["p"] } }, "share.projects"],
    ["another provider as target", { targets: ["elsewhere"] }, "targets"],
    ["the licence not acknowledged", { licenseAcknowledged: false }, "licenseAcknowledged"],
    ["the licence forgotten", { licenseAcknowledged: undefined }, "licenseAcknowledged"],
    ["a consistency that there is not", { consistency: "eventually" }, "consistency"],
    ["no e-mail address", { contact: { email: "nobody" } }, "contact.email"],
    ["a version without a name", { version: {} }, "version.name"],
    ["a kept path without a reason", { keepPaths: [{ path: "/srv" }] }, "keepPaths[0].reason"],
    ["an unknown field", { owner: "me" }, "owner"],
    ["an unknown field inside", { contact: { email: "a@b.org", phone: "1" } }, "contact.phone"],
    ["a prototype", { constructor: "x" }, "constructor"],
    ["another provider", { provider: "nowhere" }, "provider"],
  ];
  test.each(cases)("%s", async (_what, change, field) => {
    const calls = bench.cloud.calls.length;
    const { status, body, headers } = await post(asking(bench, change));
    expect(status).toBe(422);
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
    expect(body.status).toBe(422);
    await expectUntouched({ calls });
  });

  test("every wrong field is named at once", async () => {
    const { body } = await post({ name: "", tags: 7, colour: "red" });
    const fields = body.errors.map(({ field }: { field: string }) => field).sort();
    expect(fields).toEqual(["colour", "licenseAcknowledged", "name", "serverId", "tags"]);
  });

  test.each([
    ["no JSON", "{", 400],
    ["no object", "[]", 422],
    ["null", "null", 422],
    ["nothing", undefined, 422],
    ["too large", JSON.stringify({ description: "x".repeat(70_000) }), 413],
    ["deep", `${"[".repeat(20_000)}${"]".repeat(20_000)}`, 422],
  ])("a body that is %s", async (_what, body, status) => {
    const calls = bench.cloud.calls.length;
    expect((await post(body)).status).toBe(status);
    await expectUntouched({ calls });
  });

  test("a body of another type", async () => {
    expect((await post("name=x", "alice", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(415);
  });

  test("an unusable key", async () => {
    const { status, body } = await post(asking(bench), "alice", { "idempotency-key": "é" });
    expect({ status, field: body.errors[0].field }).toEqual({ status: 422, field: "Idempotency-Key" });
  });
});

describe("who calls", () => {
  test.each([
    ["nobody", undefined],
    ["garbage", "not a token"],
    ["another cloud's token", "gAAAAABnothingofours"],
    ["a huge token", "x".repeat(10_000)],
  ])("%s is 401", async (_who, token) => {
    const headers: Record<string, string> = token === undefined ? {} : { "x-auth-token": token };
    const { status, headers: answered } = await post(asking(bench), "nobody", headers);
    expect(status).toBe(401);
    expect(answered["www-authenticate"]).toBe("Keystone");
  });

  test("another project's server is unknown", async () => {
    const { status, body } = await post(asking(bench), "bob");
    expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 422, field: "serverId" });
  });
});

describe("a cloud that is down at the door is 503 with Retry-After, and nothing was begun:", () => {
  test.each([
    ["Keystone", "identity"],
    ["Nova", "compute"],
    ["Glance", "image"],
  ] as const)("%s", async (name, service) => {
    const token = await bench.token("alice");
    const calls = bench.cloud.calls.length;
    bench.cloud.faults.add({ service, when: "before", answer: { status: 503, headers: { "retry-after": "86400" } } });
    const { status, body, headers } = await post(asking(bench), "nobody", { "x-auth-token": token });
    expect(status).toBe(503);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(headers["retry-after"])).toBeLessThanOrEqual(900); // believed, but not for a day
    expect(body).toMatchObject({ type: "urn:darkroom:problem:service-unavailable", service: name });
    bench.cloud.faults.clear();
    await expectUntouched({ calls });
  });

  test("a Keystone that lets our own user in no more: the caller is not told that their token is wrong", async () => {
    bench.clock.advance(5 * 3_600_000); // longer than the service user's token lives
    const headers = { "x-auth-token": await bench.token("alice") };
    bench.cloud.faults.add({
      service: "identity",
      method: "POST",
      path: /tokens/,
      when: "before",
      answer: { error: 401 },
    });
    const { status, body } = await post(asking(bench), "nobody", headers);
    expect({ status, detail: body.detail }).toEqual({
      status: 503,
      detail: expect.stringContaining("does not let Darkroom sign in with its own user"),
    });
    expect(Object.values(bench.cloud.state.trusts)).toEqual([]);
  });

  test("Glance, for a preflight", async () => {
    bench.cloud.faults.add({ service: "image", when: "before", answer: { status: 503 } });
    const { status, body } = await bench.call("create-preflight", "alice", { body: asking(bench) });
    expect({ status, service: body.service }).toEqual({ status: 503, service: "Glance" });
  });
});

describe("preflight tells every obstacle at once, each with its remedy:", () => {
  const cases: [string, string[]][] = [
    ["analysis-1", []],
    ["stopped-1", []],
    ["busy-1", ["busy"]],
    ["locked-by-owner-1", ["locked"]],
    ["locked-by-admin-1", ["locked"]],
    ["volume-backed-1", ["volume-backed"]],
    ["with-data-volume-1", ["volumes-attached"]],
    ["error-1", ["wrong-state"]],
    ["shelved-1", ["wrong-state"]],
    ["paused-1", ["wrong-state"]],
  ];
  test.each(cases)("%s", async (server, codes) => {
    const { status, body } = await bench.call("create-preflight", "alice", {
      body: asking(bench, { serverId: bench.cloud.ids.server(server) }),
    });
    expect(status).toBe(200);
    const obstacles: { level: string; code: string; remedy: string }[] = body.obstacles;
    expect(obstacles.filter(({ level }) => level === "obstacle").map(({ code }) => code)).toEqual(codes);
    expect(body.ready).toBe(codes.length === 0);
    for (const { remedy } of obstacles) expect(remedy).not.toBe("");
  });

  test("several of different kinds", async () => {
    const wish = asking(bench, {
      serverId: bench.cloud.ids.server("with-data-volume-1"),
      name: "taken-name",
      visibility: "public",
      keepPaths: [{ path: "/srv", reason: "x" }],
    });
    const { body } = await bench.call("create-preflight", "alice", { body: wish });
    const codes = body.obstacles
      .filter(({ level }: { level: string }) => level === "obstacle")
      .map(({ code }: { code: string }) => code);
    expect(codes.sort()).toEqual(["name-taken", "not-available", "volumes-attached"]);
    expect(body.approval.needed).toContain("paths are to be kept that are removed otherwise");
  });

  test("the image that lacks the guest agent is a hint, a quota that the cloud does not tell is unknown", async () => {
    const { body } = await bench.call("create-preflight", "alice", {
      body: asking(bench, { serverId: bench.cloud.ids.server("no-agent-1") }),
    });
    const levels = Object.fromEntries(
      body.obstacles.map(({ code, level }: { code: string; level: string }) => [code, level]),
    );
    expect(levels).toMatchObject({ "no-guest-agent": "hint", "quota-unknown": "unknown" });
  });
});

describe("the same request", () => {
  test("sent twice with one key is one request; with another body the key is refused", async () => {
    const headers = { "idempotency-key": "build 17" };
    const [first, twin] = await Promise.all([
      post(asking(bench), "alice", headers),
      post(asking(bench), "alice", headers),
    ]);
    const again = await post(asking(bench), "alice", headers);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect([twin.body.id, again.body.id]).toEqual([first.body.id, first.body.id]);
    expect(Object.values(bench.cloud.state.trusts)).toHaveLength(1);
    const other = await post(asking(bench, { name: "another" }), "alice", headers);
    expect(other).toMatchObject({ status: 422, body: { type: "urn:darkroom:problem:key-reused" } });
    const request = await bench.drive(first.body.id);
    expect(request.end).toEqual({ status: "completed" });
    await expectNothingLeft(bench, request, { image: true });
  });

  test("for one server, or one name, while another is under way, is refused with that one's id", async () => {
    const first = await post(asking(bench, { name: "one" }));
    const sameServer = await post(asking(bench, { name: "two" }));
    expect(sameServer).toMatchObject({ status: 409, body: { detail: expect.stringContaining(first.body.id) } });
    const sameName = await post(asking(bench, { name: "ONE", serverId: bench.cloud.ids.server("stopped-1") }));
    expect(sameName).toMatchObject({ status: 409, body: { detail: expect.stringContaining(first.body.id) } });
    expect(Object.values(bench.cloud.state.trusts)).toHaveLength(1);
    await bench.drive(first.body.id);
    const after = await post(asking(bench, { name: "two" }));
    expect(after.status).toBe(202);
    await bench.drive(after.body.id);
  });
});

describe("requests are listed", () => {
  test("newest first, by page and status, and only the project's own", async () => {
    const { body: all } = await bench.call("list-image-requests", "alice", { query: { limit: "100" } });
    const times = all.requests.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(times).toEqual([...times].sort().reverse());

    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const query: Record<string, string> = cursor === undefined ? { limit: "1" } : { limit: "1", cursor };
      const { body } = await bench.call("list-image-requests", "alice", { query });
      paged.push(...body.requests.map(({ id }: { id: string }) => id));
      cursor = body.next ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(all.requests.map(({ id }: { id: string }) => id));

    const completed = await bench.call("list-image-requests", "alice", { query: { status: "completed" } });
    expect(new Set(completed.body.requests.map(({ status }: { status: string }) => status))).toEqual(
      new Set(["completed"]),
    );
    expect((await bench.call("list-image-requests", "bob")).body.requests).toEqual([]);
  });

  test.each([
    [{ limit: "0" }, "limit"],
    [{ limit: "many" }, "limit"],
    [{ status: "dead" }, "status"],
    [{ cursor: "bm9uc2Vuc2U" }, "cursor"],
    [{ colour: "red" }, "colour"],
  ])("a wrong query %j is refused", async (query, field) => {
    const { status, body } = await bench.call("list-image-requests", "alice", { query });
    expect({ status, field: body.errors[0].field }).toEqual({ status: 422, field });
  });

  test("another project's request is 404 for everything that can be done with it; staff see it", async () => {
    const { body } = await bench.call("list-image-requests", "alice");
    const { id } = body.requests[0];
    for (const name of ["get-image-request", "get-timeline", "cancel-image-request"]) {
      expect((await bench.call(name, "bob", { id })).status).toBe(404);
    }
    expect((await bench.call("get-image-request", "carol", { id })).status).toBe(200);
    for (const wrong of ["nonsense", "request#", "../x", ""]) {
      expect((await bench.call("get-image-request", "alice", { id: wrong })).status).toBe(404);
    }
  });

  test("what callers see holds nothing of trusts, marks, claims or tokens", async () => {
    const { body } = await bench.call("list-image-requests", "alice");
    expect(JSON.stringify(body)).not.toMatch(/trust|darkroom_mark|"mark"|claim|sealedToken|ledger/i);
  });
});

test("providers and health are told to anybody", async () => {
  expect(await bench.call("list-providers", undefined)).toMatchObject({
    status: 200,
    body: { providers: [{ name: "simulated", visibilities: ["private", "shared"] }] },
  });
  expect(await bench.call("get-health", undefined)).toMatchObject({ status: 200, body: { status: "ok" } });
});

test("a trust of no request is swept once it is an hour old, a live request's is not", async () => {
  const { sweepTrusts } = await import("../../lib/tidying/unclaimed-trusts.ts");
  const live = await post(asking(bench, { name: "live" }));
  const { store } = bench.runtime;
  const create = store.create;
  store.create = () => Promise.reject(new Error("the door was killed"));
  const identity = bench.cloud.faults.add({ service: "identity", method: "DELETE", when: "before", answer: "reset" });
  await post(asking(bench, { name: "lost", serverId: bench.cloud.ids.server("stopped-1") }));
  store.create = create;
  identity.remove();
  expect(Object.values(bench.cloud.state.trusts)).toHaveLength(2);
  expect(await sweepTrusts(bench.runtime)).toEqual({ deleted: 0 });
  bench.clock.advance(3_600_001);
  expect(await sweepTrusts(bench.runtime)).toEqual({ deleted: 1 });
  expect((await bench.drive(live.body.id)).end).toEqual({ status: "completed" });
});
