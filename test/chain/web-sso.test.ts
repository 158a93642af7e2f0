// Signing in through an identity provider: the browser's whole road, and everything that must not come of it.
import { runInNewContext } from "node:vm";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { handler as finish } from "../../functions/api/finish-websso.ts";
import { handler as start } from "../../functions/api/start-websso.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { type Bench, startBench } from "./bench.ts";

const callbackUrl = "https://darkroom.example.org/v1/tokens/websso/callback";
const portal = "https://portal.example.org";
const webSso = { protocol: "openid", callbackUrl, portalOrigins: [portal] };

let bench: Bench;
const begin = async (policy: Record<string, unknown> = { webSso }) => {
  bench = await startBench({ policy, table: openMemoryTable() });
  Object.assign(bench.cloud.state.federation, {
    signedIn: bench.cloud.ids.user("fay"),
    trustedDashboards: [callbackUrl],
  });
};
afterEach(() => bench.close());

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
const context = { functionName: "bench", awsRequestId: "bench", getRemainingTimeInMillis: () => 29_000 };
const call = (handler: unknown, event: object) =>
  (handler as Handler)({ headers: {}, ...event } as APIGatewayProxyEventV2, context as Context);

const state = "kq3v9Tn0yPz4LwXb8sRdQg";
const started = (query: Record<string, string> = {}) => call(start, { queryStringParameters: { state, ...query } });
const form = { "content-type": "application/x-www-form-urlencoded" };
const finished = (token: string, cookies: string[] | undefined, headers: object = form) =>
  call(finish, { headers, cookies, body: new URLSearchParams({ token }).toString() });

/** What the browser sends back of a Set-Cookie. */
const cookieOf = ({ cookies = [] }: APIGatewayProxyStructuredResultV2) => cookies.map((one) => one.split(";")[0] ?? "");

/** Keystone's own page, as the browser gets it at the end of its road. */
async function tokenOfKeystonesPage(location: string): Promise<{ action: string; token: string }> {
  const page = await (await fetch(location)).text();
  return {
    action: /action="([^"]*)"/.exec(page)?.[1] ?? "",
    token: /name="token" id="token" value="([^"]*)"/.exec(page)?.[1] ?? "",
  };
}

/** Runs the page's script as a browser would; `opener` absent: the tie was cut. */
function browse(body: string, opener?: { postMessage(message: unknown, origin: string): void }) {
  const data = /<script type="application\/json" id="handed">(.*?)<\/script>/s.exec(body)?.[1] ?? "";
  const script = /<script>(.*?)<\/script>/s.exec(body)?.[1] ?? "";
  const elements: Record<string, { textContent?: string; hidden?: boolean; onclick?: () => void; remove(): void }> = {
    handed: { textContent: data, remove: () => undefined },
    "by-hand": { hidden: true, remove: () => undefined },
    copy: { remove: () => undefined },
  };
  const copied: string[] = [];
  const navigator = { clipboard: { writeText: (text: string) => copied.push(text) } };
  const document = { getElementById: (id: string) => elements[id] };
  runInNewContext(script, { document, navigator, window: { opener, close: () => undefined } });
  elements.copy?.onclick?.();
  return { copied, byHand: elements["by-hand"]?.hidden === false };
}

test("the portal's page, and it alone, is handed a token with which a project can be chosen", async () => {
  await begin();
  const first = await started({ portal });
  expect(first.statusCode).toBe(302);
  const location = String(first.headers?.location);
  expect(location).toBe(
    `${bench.cloud.authUrl}/auth/OS-FEDERATION/websso/openid?origin=${encodeURIComponent(callbackUrl)}`,
  );
  expect(first.cookies?.[0]).toMatch(/; HttpOnly; Secure; SameSite=None$/);
  const { action, token } = await tokenOfKeystonesPage(location);
  expect(action).toBe(callbackUrl);

  const last = await finished(token, cookieOf(first));
  expect(last.statusCode).toBe(200);
  expect(last.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
  expect(String(last.headers?.["content-security-policy"])).toMatch(/^default-src 'none'; script-src 'sha256-/);
  expect(last.cookies?.[0]).toContain("Max-Age=0");
  expect(JSON.stringify(last.headers)).not.toContain(token);

  const messages: [unknown, string][] = [];
  browse(String(last.body), { postMessage: (message, origin) => messages.push([message, origin]) });
  expect(messages.map(([message, origin]) => [JSON.parse(JSON.stringify(message)), origin])).toEqual([
    [{ type: "darkroom:token", token, provider: "simulated", state }, portal],
  ]);
  expect(browse(String(last.body))).toEqual({ copied: [token], byHand: true });

  const project = { id: bench.cloud.ids.project("bio-lab") };
  const { status, body } = await bench.call("create-token", undefined, { body: { method: "token", token, project } });
  expect([status, body.user.name, body.project.name]).toEqual([201, "fay", "bio-lab"]);
  expect(body.delegation).toMatchObject({ by: "perhaps" });
});

test("a role of mapped groups cannot be delegated: the request is refused in words that say what to do", async () => {
  await begin();
  const first = await started();
  const { token } = await tokenOfKeystonesPage(String(first.headers?.location));
  const project = { id: bench.cloud.ids.project("bio-lab") };
  const { body: signedIn } = await bench.call("create-token", undefined, {
    body: { method: "token", token, project },
  });
  const asked = () =>
    bench.call("create-image-request", undefined, {
      headers: { "x-auth-token": signedIn.token },
      body: {
        serverId: bench.cloud.ids.server("genome-1"),
        name: "x",
        licenseAcknowledged: true,
        preparation: "as-is",
      },
    });
  const refused = await asked();
  expect([refused.status, refused.body.type]).toEqual([422, expect.stringContaining("cannot-delegate")]);
  expect(refused.body.remedy).toContain("that of a group");
  const { user, project: projectId, role } = bench.cloud.ids;
  bench.cloud.state.grants.push({ userId: user("fay"), projectId: projectId("bio-lab"), roleId: role("member") });
  expect((await asked()).status).toBe(202);
});

test("one identity provider of several is gone to directly", async () => {
  await begin({ webSso: { ...webSso, identityProvider: "campus" } });
  const { headers } = await started();
  expect(String(headers?.location)).toContain("/identity_providers/campus/protocols/openid/websso?origin=");
  expect((await tokenOfKeystonesPage(String(headers?.location))).token).not.toBe("");
});

test("no other page is ever named, and none where the policy has none", async () => {
  await begin();
  for (const other of ["https://evil.example.org", `${portal}.evil.example.org`, `${portal}/`, "null", ""]) {
    expect([other, (await started({ portal: other })).statusCode]).toEqual([other, 422]);
  }
  await bench.close();
  await begin({ webSso: { ...webSso, portalOrigins: [portal, "https://other.example.org"] } });
  expect((await started()).statusCode).toBe(422);
  await bench.close();
  await begin({});
  expect((await started()).statusCode).toBe(404);
});

test("a token is slipped into no browser that did not begin here, by no cookie of anybody's making", async () => {
  await begin();
  const token = await bench.token("bob");
  const made = (begun: unknown) => [`darkroom-websso=${Buffer.from(JSON.stringify(begun)).toString("base64url")}`];
  for (const cookies of [
    undefined,
    [],
    ["darkroom-websso="],
    ["darkroom-websso=%%%"],
    made(null),
    made({ provider: "simulated", state }),
    made({ provider: "simulated", portal }),
    made({ provider: "simulated", portal: "https://evil.example.org", state }),
    made({ provider: "elsewhere", portal, state }),
    made({ provider: "simulated", portal, state: "</script></script></script>" }),
    made({ provider: "__proto__", portal, state }),
  ]) {
    const { statusCode, body } = await finished(token, cookies);
    expect([cookies, statusCode]).toEqual([cookies, 400]);
    expect(body).not.toContain(token);
  }
});

test("no sign-in is begun that the portal could not know again: by a state of its own making, long enough not to be guessed", async () => {
  await begin();
  expect((await call(start, { queryStringParameters: { portal } })).statusCode).toBe(422);
  for (const bad of ["", "kq3v9", "<script></script>", "x".repeat(201)])
    expect([bad, (await started({ portal, state: bad })).statusCode]).toEqual([bad, 422]);
  // Whoever else begins, hands the portal their own.
  const others = "the-state-of-another-page";
  const page = String((await finished(await bench.token("bob"), cookieOf(await started({ state: others })))).body);
  const handed: unknown[] = [];
  browse(page, { postMessage: (message) => handed.push(message) });
  expect(handed).toMatchObject([{ state: others }]);
});

test("what is no token is shown on no page", async () => {
  await begin();
  const cookies = cookieOf(await started());
  for (const bad of ["", "a b", "</script><script>alert(1)</script>\n", "x".repeat(8193), "tök"]) {
    expect([bad.slice(0, 20), (await finished(bad, cookies)).statusCode]).toEqual([bad.slice(0, 20), 400]);
  }
  expect((await finished("good", cookies, { "content-type": "application/json" })).statusCode).toBe(400);
  const sharp = "</script><script>alert(1)</script>";
  const page = String((await finished(sharp, cookies)).body);
  expect(page).not.toContain(sharp);
  const twice = await call(finish, { headers: form, cookies, body: "token=a&token=b" });
  expect(twice.statusCode).toBe(400);
});
