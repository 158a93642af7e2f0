// The same cloud with another authority: trusts, callers' tokens, signals, reports.
import { connect } from "./cloud.ts";
import { faultOf } from "./expect-fault.ts";
import type { CallReport } from "./options.ts";
import { type HandClock, handClock, type ScriptedCloud, startScriptedCloud, tokenAnswer } from "./scripted-cloud.ts";

const login = "POST /v3/auth/tokens";
const validation = "GET /v3/auth/tokens";
const usage = "GET /image/v2/info/usage";

let server: ScriptedCloud;
let clock: HandClock;

beforeEach(async () => {
  clock = handClock();
  server = await startScriptedCloud();
  server.script(usage, { json: { usage: {} } });
});

afterEach(() => server.close());

const cloud = (onCall?: (call: CallReport) => void) => connect(server.config, { clock, onCall });

describe("on a trust", () => {
  test("the same user logs in with the trust for its scope, and has a token apart", async () => {
    server.script(login, ({ body }) =>
      body.includes("OS-TRUST:trust")
        ? tokenAnswer(server.url, "trust-token", { more: { "OS-TRUST:trust": { id: "trust-1", impersonation: true } } })
        : tokenAnswer(server.url, "own-token"),
    );
    const own = cloud();
    const trusted = own.asTrust("trust-1");
    expect(await trusted.token()).toMatchObject({ id: "trust-token", trustId: "trust-1" });
    expect(JSON.parse(server.seen[0]?.body ?? "").auth).toMatchObject({
      identity: { password: { user: { password: "the-password" } } },
      scope: { "OS-TRUST:trust": { id: "trust-1" } },
    });
    await trusted.image.getUsage();
    await own.image.getUsage();
    expect(server.asked(usage).map(({ headers }) => headers["x-auth-token"])).toEqual(["trust-token", "own-token"]);
  });

  test("that is gone, the credential is revoked: 401 from the service, then from Keystone (as measured on Zed)", async () => {
    server.script(login, () => tokenAnswer(server.url, "trust-token"), {
      status: 401,
      json: { error: { code: 401, message: "The request you have made requires authentication." } },
    });
    server.script(usage, { status: 401 });
    const fault = await faultOf(cloud().asTrust("trust-1").image.getUsage());
    expect(fault).toMatchObject({ kind: "credentialRevoked", service: "identity" });
    expect(server.asked(login)).toHaveLength(2);
  });

  test("an application credential cannot act, and nothing is sent", async () => {
    const credentials = { type: "applicationCredential", id: "a", secret: "s" } as const;
    const it = connect({ ...server.config, credentials });
    expect(await faultOf(it.asTrust("trust-1").token())).toMatchObject({ kind: "badRequest", outcomeKnown: true });
    expect(server.seen).toHaveLength(0);
  });
});

describe("on a caller's token", () => {
  test("it validates itself, once, and its own catalogue is used", async () => {
    server.script(validation, () => ({ ...tokenAnswer(server.url, "theirs"), status: 200 }));
    const theirs = cloud().asToken("theirs");
    await Promise.all([theirs.image.getUsage(), theirs.token()]);
    expect(server.seen.map(({ route }) => route)).toEqual([validation, usage]);
    const [first] = server.seen;
    expect([first?.headers["x-auth-token"], first?.headers["x-subject-token"]]).toEqual(["theirs", "theirs"]);
    expect(server.asked(usage)[0]?.headers["x-auth-token"]).toBe("theirs");
  });

  test.each([401, 404])("that Keystone answers with %d, it is revoked", async (status) => {
    server.script(validation, { status });
    expect(await faultOf(cloud().asToken("theirs").token())).toMatchObject({ kind: "credentialRevoked", status });
  });

  test.each(["", "a b", "a\r\nx-injected: 1", "grün", "x".repeat(8193)])("%j is none: nothing is sent", async (id) => {
    expect(await faultOf(cloud().asToken(id).token())).toMatchObject({ kind: "credentialRevoked" });
    expect(server.seen).toHaveLength(0);
  });

  test("while Keystone is away, it is unavailable, not revoked", async () => {
    server.script(validation, { status: 503 });
    expect(await faultOf(cloud().asToken("theirs").token())).toMatchObject({ kind: "unavailable" });
  });

  test("that a service refuses, it is revoked, and nobody logs in instead", async () => {
    server.script(validation, () => ({ ...tokenAnswer(server.url, "theirs"), status: 200 }));
    server.script(usage, { status: 401 });
    expect(await faultOf(cloud().asToken("theirs").image.getUsage())).toMatchObject({ kind: "credentialRevoked" });
    expect(server.asked(login)).toHaveLength(0);
    expect(server.asked(usage)).toHaveLength(1);
  });

  test("it ends when it expires", async () => {
    const expiresAt = new Date(clock.now() + 1000).toISOString();
    server.script(validation, () => ({ ...tokenAnswer(server.url, "theirs", { expiresAt }), status: 200 }));
    const theirs = cloud().asToken("theirs");
    await theirs.image.getUsage();
    clock.advance(1000);
    expect(await faultOf(theirs.image.getUsage())).toMatchObject({ kind: "credentialRevoked" });
  });

  test("a trust is acted on with that very token, not with our own credentials", async () => {
    await cloud().asToken("theirs").asTrust("trust-1").token();
    expect(JSON.parse(server.asked(login)[0]?.body ?? "")).toEqual({
      auth: {
        identity: { methods: ["token"], token: { id: "theirs" } },
        scope: { "OS-TRUST:trust": { id: "trust-1" } },
      },
    });
  });

  test("a fault that repeats the token does not carry it on", async () => {
    const secret = "gAAAAABm-a-very-secret-token";
    server.script(validation, {
      status: 404,
      json: { error: { code: 404, message: `Could not find token: ${secret}.`, title: "Not Found" } },
    });
    const fault = await faultOf(cloud().asToken(secret).token());
    expect(fault.message).toContain("Could not find token: [token].");
    expect(JSON.stringify({ ...fault }) + fault.stack).not.toContain(secret);
  });
});

describe("within a signal", () => {
  test("it is the same session, and both listeners hear of each attempt", async () => {
    const outer: string[] = [];
    const inner: string[] = [];
    const root = cloud(({ path }) => outer.push(path));
    await root.token();
    const narrow = root.within(new AbortController().signal, ({ path }) => inner.push(path));
    await narrow.image.getUsage();
    await root.image.getUsage();
    expect(outer).toEqual(["/auth/tokens", "/info/usage", "/info/usage"]);
    expect(inner).toEqual(["/info/usage"]);
    expect(server.asked(login)).toHaveLength(1);
  });

  test("the signal holds for trusts and tokens taken from it, and signals add up", async () => {
    const outer = new AbortController();
    const inner = new AbortController();
    const narrow = cloud().within(outer.signal).within(inner.signal);
    outer.abort();
    expect(await faultOf(narrow.asTrust("trust-1").token())).toMatchObject({ kind: "unavailable" });
    expect(await faultOf(narrow.asToken("theirs").token())).toMatchObject({ kind: "unavailable" });
    expect(server.seen).toHaveLength(0);
  });

  test("a listener that throws harms nobody", async () => {
    const root = cloud(() => {
      throw new Error("listener");
    });
    await expect(root.image.getUsage()).resolves.toBeDefined();
  });
});

test("reports hold no query, token or password", async () => {
  const reports: CallReport[] = [];
  server.script("GET /image/v2/images", { json: { images: [] } });
  for await (const image of cloud((call) => reports.push(call)).image.listImages({ name: "secret-name" })) {
    throw new Error(`no image was scripted, yet ${image.id}`);
  }
  expect(reports).toHaveLength(2);
  expect(reports[1]).toMatchObject({ service: "image", method: "GET", path: "/images", status: 200, attempt: 1 });
  expect(reports[1]?.requestId).toBe("req-scripted");
  expect(JSON.stringify(reports)).not.toMatch(/secret-name|token-1|the-password/);
});

test("closing ends the connections; closing a derived cloud does not", async () => {
  const root = cloud();
  await root.image.getUsage();
  await root.asTrust("trust-1").close();
  await root.image.getUsage();
  await root.close();
  expect(await faultOf(root.image.getUsage())).toMatchObject({ kind: "unavailable", outcomeKnown: true });
});
