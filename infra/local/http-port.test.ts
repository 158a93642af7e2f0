// The HTTP port over real connections: payload 2.0 to functions, answers and refusals back.
import { request } from "node:http";
import { eventually } from "./fixtures/eventually.ts";
import { FunctionFailure } from "./function-pool.ts";
import { type HttpPort, maxBodyBytes, openHttpPort } from "./http-port.ts";

type Event = Record<string, unknown> & { body?: string; isBase64Encoded: boolean };
let events: Event[] = [];
let answer: (event: unknown) => Promise<unknown>;
const warnings: string[] = [];
let port: HttpPort;

const routed = (method: string, path: string) => ({
  route: { method, path },
  invoke: (event: unknown) => {
    events.push(event as Event);
    return answer(event);
  },
});

beforeAll(async () => {
  const functions = [routed("GET", "/things"), routed("POST", "/things"), routed("GET", "/things/{id}")];
  port = await openHttpPort(0, functions, (text) => warnings.push(text));
});
beforeEach(() => {
  events = [];
  warnings.length = 0;
  answer = async () => ({ statusCode: 200 });
});
afterAll(() => port.close(0));

const call = (path: string, init?: RequestInit) => fetch(`${port.url}${path}`, init);
const post = (body: string | Uint8Array<ArrayBuffer>, contentType?: string) =>
  call("/things", { method: "POST", body, headers: contentType ? { "content-type": contentType } : {} });

test("a request is an event of payload 2.0", async () => {
  const headers = { "X-Some": "Value", cookie: "a=1; b=2", "user-agent": "a test" };
  await call("/things/a%2Fb?tag=x&tag=y&one=%20", { headers });
  expect(events).toEqual([
    {
      version: "2.0",
      routeKey: "GET /things/{id}",
      rawPath: "/things/a%2Fb",
      rawQueryString: "tag=x&tag=y&one=%20",
      cookies: ["a=1", "b=2"],
      headers: expect.objectContaining({ "x-some": "Value", "user-agent": "a test" }),
      queryStringParameters: { tag: "x,y", one: " " },
      pathParameters: { id: "a/b" },
      requestContext: {
        http: {
          method: "GET",
          path: "/things/a%2Fb",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "a test",
        },
        domainName: new URL(port.url).host,
        requestId: expect.any(String),
        routeKey: "GET /things/{id}",
        stage: "$default",
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    },
  ]);
  expect(events[0]?.headers).not.toHaveProperty("cookie");
});

test.each([
  ['{"ü":1}', "application/json; charset=utf-8", false],
  ["text", "text/plain", false],
  ["{}", "application/merge-patch+json", false],
  ["a=b", "application/x-www-form-urlencoded", true],
  [new Uint8Array([0xff, 0xfe]), "application/json", true],
  ["bytes", "application/octet-stream", true],
])("a body %p of type %s: base64 is %p", async (body, contentType, isBase64Encoded) => {
  await post(body, contentType);
  const [event] = events;
  expect(event?.isBase64Encoded).toBe(isBase64Encoded);
  const received = Buffer.from(event?.body ?? "", isBase64Encoded ? "base64" : "utf8");
  expect(received.equals(Buffer.from(body))).toBe(true);
});

test("an answer's status, headers, cookies and body arrive", async () => {
  const headers = { "X-Number": 1, "content-type": "text/plain" };
  const body = Buffer.from("bytes").toString("base64");
  answer = async () => ({ statusCode: 201, headers, cookies: ["a=1", "b=2"], body, isBase64Encoded: true });
  const answered = await call("/things");
  expect(answered.status).toBe(201);
  expect(answered.headers.get("x-number")).toBe("1");
  expect(answered.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await answered.text()).toBe("bytes");
});

test("a result without a status is its JSON with 200", async () => {
  answer = async () => ({ some: "thing" });
  const answered = await call("/things");
  expect([answered.status, answered.headers.get("content-type")]).toEqual([200, "application/json"]);
  expect(await answered.json()).toEqual({ some: "thing" });
});

async function problemOf(answered: Response) {
  expect(answered.headers.get("content-type")).toBe("application/problem+json");
  return (await answered.json()) as { status: number; type: string; detail: string };
}

test("no such path is 404, no such method 405 with what there is", async () => {
  expect(await problemOf(await call("/nothing"))).toMatchObject({
    status: 404,
    type: "urn:darkroom:problem:not-found",
  });
  const answered = await call("/things", { method: "DELETE" });
  expect([answered.status, answered.headers.get("allow")]).toEqual([405, "GET, POST"]);
  expect(await problemOf(answered)).toMatchObject({ status: 405 });
  expect(events).toEqual([]);
});

test.each([
  [new FunctionFailure("threw", "a secret"), 500],
  [new FunctionFailure("died", "a secret"), 500],
  [new FunctionFailure("timedOut", "a secret"), 504],
  [new FunctionFailure("throttled", "a secret"), 503],
  [new FunctionFailure("stopped", "a secret"), 503],
])(
  "a function's failure (%s) says nothing of our inside to the caller, and everything to the log",
  async (error, status) => {
    answer = () => Promise.reject(error);
    const answered = await call("/things?token=x");
    expect(answered.status).toBe(status);
    expect(JSON.stringify(await problemOf(answered))).not.toContain("a secret");
    expect(warnings).toEqual([expect.stringContaining("a secret")]);
  },
);

test.each([[{ statusCode: "many" }], [{ statusCode: 99 }], [{ statusCode: 200, body: { not: "text" } }]])(
  "an answer that is none is 500: %j",
  async (result) => {
    answer = async () => result;
    expect((await call("/things")).status).toBe(500);
    expect(warnings).toHaveLength(1);
  },
);

test("a body of just the bound is taken; one byte more is 413, told before it is sent", async () => {
  expect((await post(Buffer.alloc(maxBodyBytes, "x"), "text/plain")).status).toBe(200);
  expect(events[0]?.body).toHaveLength(maxBodyBytes);
  const status = await new Promise((resolve, reject) => {
    const headers = { "content-length": maxBodyBytes + 1 };
    const sent = request(`${port.url}/things`, { method: "POST", headers }, (answered) => {
      answered.resume();
      resolve([answered.statusCode, answered.headers.connection]);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.flushHeaders();
  });
  expect(status).toEqual([413, "close"]);
  expect(events).toHaveLength(1);
});

test("a body of unknown length is cut off at the bound", async () => {
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${port.url}/things`, { method: "POST" }, (answered) => {
      answered.resume();
      resolve(answered.statusCode);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.write(Buffer.alloc(maxBodyBytes + 1));
  });
  expect(status).toBe(413);
  expect(events).toEqual([]);
});

test("a caller who goes away in the middle of a body is no failure of ours, and the port serves on", async () => {
  const sent = request(`${port.url}/things`, { method: "POST", headers: { "content-length": 1000 } });
  sent.on("error", () => undefined);
  await new Promise((resolve) => sent.write("begun", resolve));
  await call("/things");
  sent.destroy();
  await eventually("the note in the log", () => warnings.some((line) => line.includes("the caller went away")));
  expect((await call("/things")).status).toBe(200);
  expect(events.map(({ routeKey }) => routeKey)).toEqual(["GET /things", "GET /things"]);
});

test.each(["*", "http://elsewhere/things"])("a request for %p is refused", async (path) => {
  const status = await new Promise((resolve, reject) => {
    const { hostname, port: number } = new URL(port.url);
    request({ hostname, port: number, path, method: "GET" }, (answered) => resolve(answered.resume().statusCode))
      .on("error", reject)
      .end();
  });
  expect(status).toBe(400);
});

test("closing lets an answer under way come, and takes nothing new", async () => {
  const own = await openHttpPort(0, [routed("GET", "/things")], (text) => warnings.push(text));
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  answer = async () => {
    enter();
    await gate;
    return { statusCode: 200, body: "late" };
  };
  const answered = fetch(`${own.url}/things`);
  await entered;
  const closed = own.close(10_000);
  await expect(fetch(`${own.url}/things`)).rejects.toThrow();
  open();
  expect(await (await answered).text()).toBe("late");
  await closed;
});

test("a taken port is said in words", async () => {
  const taken = Number(new URL(port.url).port);
  await expect(openHttpPort(taken, [], () => undefined)).rejects.toThrow(`port ${taken} of 127.0.0.1 is taken`);
});

test.each([
  [0, "127.0.0.1"],
  [1, "203.0.113.7"],
  [2, "198.51.100.1"],
  [9, "the caller's own word"],
])("with %p proxies of ours in front the caller is %p", async (proxies, address) => {
  const behind = await openHttpPort(0, [routed("GET", "/things")], (text) => warnings.push(text), { proxies });
  const forwarded = "the caller's own word, 198.51.100.1, 203.0.113.7";
  await fetch(`${behind.url}/things`, { headers: { "x-forwarded-for": forwarded } });
  expect(events[0]).toMatchObject({ requestContext: { http: { sourceIp: address } } });
  await behind.close(0);
});

describe("pages of other origins:", () => {
  const portal = "https://portal.example.org";
  let open: HttpPort;
  beforeAll(async () => {
    const cors = {
      allowedOrigins: [portal],
      allowedHeaders: ["x-auth-token"],
      allowedMethods: ["GET", "POST"],
      exposedResponseHeaders: ["etag", "location"],
      maxAge: 60,
    };
    open = await openHttpPort(0, [routed("POST", "/things")], (text) => warnings.push(text), { cors });
  });
  afterAll(() => open.close(0));

  const preflight = (origin: string, at = open) =>
    fetch(`${at.url}/things`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  const allowed = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));

  test("one that is allowed may ask, call and read, without cookies", async () => {
    const asked = await preflight(portal);
    expect([asked.status, allowed(asked), asked.headers.get("vary")]).toEqual([
      204,
      {
        "access-control-allow-origin": portal,
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "x-auth-token",
        "access-control-max-age": "60",
      },
      "origin",
    ]);
    expect(events).toEqual([]);
    const called = await fetch(`${open.url}/things`, { method: "POST", headers: { origin: portal } });
    expect([called.status, allowed(called)]).toEqual([
      200,
      { "access-control-allow-origin": portal, "access-control-expose-headers": "etag,location" },
    ]);
    const lost = await fetch(`${open.url}/nothing`, { headers: { origin: portal } });
    expect([lost.status, lost.headers.get("access-control-allow-origin")]).toEqual([404, portal]);
  });

  test.each(["https://portal.example.org.evil.example", "http://portal.example.org", "null"])(
    "%p gets no word of leave",
    async (origin) => {
      expect(allowed(await preflight(origin))).toEqual({});
      const called = await fetch(`${open.url}/things`, { method: "POST", headers: { origin } });
      expect([allowed(called), called.headers.get("vary")]).toEqual([{}, "origin"]);
    },
  );

  test("where no origin is set, a preflight is a method that is not there", async () => {
    const asked = await preflight(portal, port);
    expect([asked.status, allowed(asked)]).toEqual([405, {}]);
  });
});
