// The client: it calls what the operations say, carries no schema, and says in words what was refused.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { operations } from "../events/operations/index.ts";
import { connectDarkroom, DarkroomProblem } from "./index.ts";
import { routes } from "./routes.ts";

interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
let server: Server;
let url: string;
let heard: Heard[] = [];
let answer: { status: number; headers?: Record<string, string>; body?: string };

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method, headers } = request;
    heard.push({ method, url: request.url, headers, body });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  heard = [];
  answer = { status: 200, headers: { "content-type": "application/json" }, body: '{"id":"x"}' };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("it has every operation, at its place", () => {
  const declared = Object.entries(operations).map(([name, { method, path }]) => [name, [method, path]]);
  expect(routes).toEqual(Object.fromEntries(declared));
  expect(Object.keys(connectDarkroom({ url }))).toEqual(expect.arrayContaining(Object.keys(operations)));
});

test("in a browser's bundle it is small: no schema, no zod", async () => {
  const entry = join(import.meta.dirname, "index.ts");
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    platform: "browser",
  });
  const sources = Object.keys(metafile.inputs).map((file) => file.replace(/^.*(?=client\/)/, ""));
  expect(sources.sort()).toEqual(["client/index.ts", "client/problem.ts", "client/routes.ts"]);
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(8_000);
});

test("a call brings token, provider, key, body and query to the operation's place", async () => {
  const darkroom = connectDarkroom({ url: `${url}/imaging/`, token: async () => "a-token", provider: "jetstream" });
  const body = { serverId: "s", name: "ü", licenseAcknowledged: true as const };
  await darkroom.createImageRequest({ body, idempotencyKey: "key-1", ifMatch: '"v"' });
  await darkroom.listImageRequests({ query: { status: "running", cursor: "a&b=c" } });
  await darkroom.getImageRequest({ params: { id: "a/b?c" } });
  expect(heard).toMatchObject([
    {
      method: "POST",
      url: "/imaging/v1/image-requests",
      headers: {
        "x-auth-token": "a-token",
        "darkroom-provider": "jetstream",
        "idempotency-key": "key-1",
        "if-match": '"v"',
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    },
    { method: "GET", url: "/imaging/v1/image-requests?status=running&cursor=a%26b%3Dc", body: "" },
    { method: "GET", url: "/imaging/v1/image-requests/a%2Fb%3Fc" },
  ]);
  expect(heard[1]?.headers).not.toHaveProperty("content-type");
});

test.each(["..", ".", ""])("an id %p, which would lead to another operation, is not sent", async (id) => {
  await expect(connectDarkroom({ url }).getImageRequest({ params: { id } })).rejects.toThrow(TypeError);
  expect(heard).toEqual([]);
});

test("an answer comes with status and headers; text stays text, nothing is undefined", async () => {
  answer = { status: 202, headers: { "content-type": "application/json", etag: '"v"' }, body: '{"id":"x"}' };
  const { status, headers, body } = await connectDarkroom({ url }).getHealth();
  expect([status, headers.get("etag"), body]).toEqual([202, '"v"', { id: "x" }]);
  answer = { status: 200, headers: { "content-type": "text/html" }, body: "<p>" };
  expect((await connectDarkroom({ url }).getDocs()).body).toBe("<p>");
  answer = { status: 204 };
  expect((await connectDarkroom({ url }).getHealth()).body).toBeUndefined();
});

test("a refusal is thrown with status, problem and when to come back", async () => {
  const problem = {
    type: "urn:darkroom:problem:too-often",
    title: "Too often",
    detail: "More than 60.",
    remedy: "Wait.",
  };
  const headers = { "content-type": "application/problem+json", "retry-after": "17" };
  answer = { status: 429, headers, body: JSON.stringify(problem) };
  const refused = await connectDarkroom({ url })
    .getHealth()
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DarkroomProblem);
  expect(refused).toMatchObject({
    status: 429,
    problem,
    retryAfterSeconds: 17,
    message: "GET /health: 429 Too often: More than 60. Wait.",
  });
});

test("what something on the way answered is said as far as it can be", async () => {
  answer = { status: 502, headers: { "content-type": "text/html" }, body: `<html>${"x".repeat(2000)}` };
  const refused = (await connectDarkroom({ url })
    .getHealth()
    .catch((error: unknown) => error)) as DarkroomProblem;
  expect([refused.status, refused.problem.title, refused.problem.detail.length]).toEqual([502, "Bad Gateway", 500]);
  expect(refused.retryAfterSeconds).toBeUndefined();
});

test("a token is not carried to where a redirect leads", async () => {
  answer = { status: 307, headers: { location: `${url}/elsewhere` } };
  await expect(connectDarkroom({ url, token: "a-token" }).getHealth()).rejects.toThrow();
  expect(heard).toHaveLength(1);
});

test("an answer that does not come is waited for so long and no longer", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const darkroom = connectDarkroom({ url: `http://127.0.0.1:${port}`, timeoutMs: 50 });
  await expect(darkroom.getHealth()).rejects.toMatchObject({ name: "TimeoutError" });
  silent.closeAllConnections();
  silent.close();
});

test("inputs and answers are typed", async () => {
  const darkroom = connectDarkroom({ url });
  const typed = async () => {
    const { body } = await darkroom.getImageRequest({ params: { id: "x" } });
    const text: string | undefined = body.image?.visibility;
    // @ts-expect-error: an id is needed
    await darkroom.getImageRequest();
    // @ts-expect-error: a server is needed
    await darkroom.createImageRequest({ body: { name: "x", licenseAcknowledged: true } });
    // @ts-expect-error: there is no such field
    return [text, body.nothing];
  };
  expect(typed).toBeInstanceOf(Function);
});
