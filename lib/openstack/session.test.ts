// Tokens: when one is got, shared, renewed, kept elsewhere, and given up.
import { connect } from "./cloud.ts";
import { faultOf } from "./expect-fault.ts";
import type { ConnectOptions } from "./options.ts";
import { type HandClock, handClock, type ScriptedCloud, startScriptedCloud, tokenAnswer } from "./scripted-cloud.ts";
import type { TokenStore } from "./token-store.ts";

const login = "POST /v3/auth/tokens";
const usage = "GET /image/v2/info/usage";
const at = (ms: number) => new Date(ms).toISOString();

let server: ScriptedCloud;
let clock: HandClock;

beforeEach(async () => {
  clock = handClock();
  server = await startScriptedCloud({ expiresAt: at(clock.now() + 3_600_000) });
  server.script(usage, { json: { usage: {} } });
});

afterEach(() => server.close());

const cloud = (options: ConnectOptions = {}) => connect(server.config, { clock, random: () => 0.5, ...options });
const tokensUsed = () => server.asked(usage).map(({ headers }) => headers["x-auth-token"]);

test("connecting makes no call; the first call logs in", async () => {
  const it = cloud();
  expect(server.seen).toHaveLength(0);
  await it.image.getUsage();
  expect(server.seen.map(({ route }) => route)).toEqual([login, usage]);
  expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({
    auth: {
      identity: {
        methods: ["password"],
        password: { user: { name: "imaging", domain: { id: "default" }, password: "the-password" } },
      },
      scope: { project: { id: "project-1" } },
    },
  });
});

test("the token says who, where, with what, until when", async () => {
  expect(await cloud().token()).toMatchObject({
    id: "token-1",
    expiresAt: at(clock.now() + 3_600_000),
    user: { id: "user-1", name: "imaging", domainId: "default" },
    project: { id: "project-1", name: "demo", domainId: "default" },
    roles: [{ id: "role-1", name: "member" }],
    auditIds: ["audit-1"],
    methods: ["password"],
    isApplicationCredential: false,
  });
});

test("however many ask at once, one login serves them all", async () => {
  const it = cloud();
  await Promise.all(Array.from({ length: 50 }, () => it.image.getUsage()));
  expect(server.asked(login)).toHaveLength(1);
  expect(server.asked(usage)).toHaveLength(50);
});

test("it is renewed a minute before it ends, once, and not before", async () => {
  const it = cloud();
  await it.image.getUsage();
  clock.advance(3_600_000 - 60_001);
  await it.image.getUsage();
  clock.advance(2);
  await Promise.all([it.image.getUsage(), it.image.getUsage(), it.image.getUsage()]);
  expect(tokensUsed()).toEqual(["token-1", "token-1", "token-2", "token-2", "token-2"]);
});

test("in its last minute it still serves while Keystone is away, but not beyond", async () => {
  const it = cloud({ limits: { attempts: 1 } });
  await it.image.getUsage();
  server.script(login, { status: 503 });
  clock.advance(3_600_000 - 30_000);
  await it.image.getUsage();
  clock.advance(30_001);
  expect(await faultOf(it.image.getUsage())).toMatchObject({ kind: "unavailable", service: "identity" });
});

test("a refused token is replaced once, by one login for all, and the calls are made again", async () => {
  server.script(usage, ({ headers }) =>
    headers["x-auth-token"] === "token-1" ? { status: 401 } : { json: { usage: {} } },
  );
  const it = cloud();
  await Promise.all([it.image.getUsage(), it.image.getUsage(), it.image.getUsage()]);
  expect(server.asked(login)).toHaveLength(2);
  expect(tokensUsed().filter((id) => id === "token-2")).toHaveLength(3);
});

test("also for a call that may not be repeated: refused is not performed", async () => {
  const action = "POST /compute/v2.1/servers/s1/action";
  server.script(action, { status: 401 }, { status: 202 });
  await cloud().compute.unlockServer("s1");
  expect(server.asked(action)).toHaveLength(2);
});

test("but not a call that makes something: the token is renewed, and whoever asked looks first", async () => {
  const action = "POST /compute/v2.1/servers/s1/action";
  server.script(action, { status: 401 }, { json: { image_id: "i1" } });
  const it = cloud();
  const wish = { name: "n", metadata: {} };
  expect(await faultOf(it.compute.createImage("s1", wish))).toMatchObject({
    kind: "unavailable",
    status: 401,
    outcomeKnown: true,
  });
  expect([server.asked(action).length, server.asked(login).length]).toEqual([1, 2]);
  expect(await it.compute.createImage("s1", wish)).toMatchObject({ imageId: "i1" });
});

test("a new token that is refused too ends the call", async () => {
  server.script(usage, { status: 401, json: { error: { code: 401, message: "no", title: "Unauthorized" } } });
  expect(await faultOf(cloud().image.getUsage())).toMatchObject({
    kind: "credentialRevoked",
    status: 401,
    detail: "no",
  });
  expect(server.asked(login)).toHaveLength(2);
});

test.each([401, 403, 404])("%d to a login means that the credential is not accepted", async (status) => {
  server.script(login, { status, json: { error: { code: status, message: "no", title: "No" } } });
  expect(await faultOf(cloud().token())).toMatchObject({ kind: "credentialRevoked", status, path: "/auth/tokens" });
  expect(server.asked(login)).toHaveLength(1);
});

test("a login is tried again when its answer is lost: twice does no harm", async () => {
  server.script(login, "reset", () => tokenAnswer(server.url, "token-9"));
  expect((await cloud().token()).id).toBe("token-9");
});

test("a login without a token in its answer is of an unexpected shape", async () => {
  server.script(login, { status: 201, json: { token: {} } });
  expect(await faultOf(cloud().token())).toMatchObject({ kind: "unexpectedShape" });
});

test("a waiting caller that is aborted leaves alone, the others get their token", async () => {
  const it = cloud();
  const end = new AbortController();
  let answer: (() => void) | undefined;
  server.script(login, () => new Promise((resolve) => (answer = () => resolve(tokenAnswer(server.url, "token-1")))));
  const leaving = faultOf(it.within(end.signal).token());
  const staying = it.token();
  while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
  end.abort();
  expect(await leaving).toMatchObject({ kind: "unavailable", outcomeKnown: true });
  answer();
  expect((await staying).id).toBe("token-1");
  expect(server.asked(login)).toHaveLength(1);
});

test("when all callers have left, the login is aborted, and the next caller starts anew", async () => {
  const ended: (string | undefined)[] = [];
  const it = cloud({ onCall: ({ fault }) => ended.push(fault) });
  const end = new AbortController();
  server.script(login, "hang", () => tokenAnswer(server.url, "token-2"));
  const leaving = faultOf(it.within(end.signal).token());
  while (server.asked(login).length === 0) await new Promise((resolve) => setImmediate(resolve));
  end.abort();
  await leaving;
  expect((await it.token()).id).toBe("token-2");
  expect(ended[0]).toContain("aborted");
});

describe("a token store", () => {
  function memoryStore(): TokenStore & { kept: string | undefined } {
    return {
      kept: undefined,
      async read() {
        return this.kept;
      },
      async write(token) {
        this.kept = token;
      },
    };
  }

  test("spares the login of the next process, catalogue included", async () => {
    const tokenStore = memoryStore();
    await cloud({ tokenStore }).image.getUsage();
    await cloud({ tokenStore }).image.getUsage();
    expect(server.asked(login)).toHaveLength(1);
    expect(tokensUsed()).toEqual(["token-1", "token-1"]);
  });

  test("is not believed about another login's token", async () => {
    const tokenStore = memoryStore();
    await cloud({ tokenStore }).token();
    const other = { ...server.config.credentials, scope: { id: "project-2" } };
    const elsewhere = connect({ ...server.config, credentials: other }, { clock, tokenStore });
    expect((await elsewhere.token()).id).toBe("token-2");
    expect((await cloud().asTrust("trust-1", tokenStore).token()).id).toBe("token-3");
  });

  test("with a token that is about to end is not used", async () => {
    const tokenStore = memoryStore();
    await cloud({ tokenStore }).token();
    clock.advance(3_600_000 - 59_000);
    expect((await cloud({ tokenStore }).token()).id).toBe("token-2");
  });

  test("does not bring a refused token back, but takes the one that another process got meanwhile", async () => {
    const tokenStore = memoryStore();
    server.script(usage, ({ headers }) =>
      headers["x-auth-token"] === "token-1" ? { status: 401 } : { json: { usage: {} } },
    );
    const first = cloud({ tokenStore });
    const second = cloud({ tokenStore });
    await first.token();
    await second.token();
    await first.image.getUsage();
    await second.image.getUsage();
    expect(server.asked(login)).toHaveLength(2);
    expect(tokensUsed()).toEqual(["token-1", "token-2", "token-1", "token-2"]);
  });

  test.each(["not JSON", '{"login":"x"}', ""])("that answers %j is as good as empty", async (nonsense) => {
    const tokenStore = { ...memoryStore(), kept: nonsense };
    expect((await cloud({ tokenStore }).token()).id).toBe("token-1");
  });

  test("that fails stops nothing", async () => {
    const fails = () => Promise.reject(new Error("no store"));
    expect((await cloud({ tokenStore: { read: fails, write: fails } }).token()).id).toBe("token-1");
  });

  test("keeps no password", async () => {
    const tokenStore = memoryStore();
    await cloud({ tokenStore }).token();
    expect(tokenStore.kept).toContain("token-1");
    expect(tokenStore.kept).not.toContain("the-password");
  });
});
