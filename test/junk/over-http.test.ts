// Junk over real connections: what a client can write onto a socket, to the host's own HTTP port with the real functions behind it.
import { once } from "node:events";
import { connect } from "node:net";
import * as fc from "fast-check";
import type { Operation } from "../../events/operation.ts";
import { allOperations } from "../../events/operations/index.ts";
import { type HttpPort, openHttpPort } from "../../infra/local/http-port.ts";
import { type JunkStage, openJunkStage } from "./stage.ts";
import { type Sent, thrown } from "./thrown.ts";

const calls = 600;
let stage: JunkStage;
let port: HttpPort;
const warnings: string[] = [];

beforeAll(async () => {
  stage = await openJunkStage();
  const functions = allOperations.map(({ id, method, path }) => ({
    route: { method, path },
    invoke: async (event: unknown) => await stage.handlers.get(id)?.(event as never, stage.context),
  }));
  port = await openHttpPort(0, functions, (text) => warnings.push(text));
});
afterAll(async () => {
  await port.close(0);
  await stage.close();
});

test("every operation, by calls that HTTP can carry, answers without 5xx", async () => {
  const statuses = new Map<number, number>();
  const any = fc.tuple(fc.constantFrom(...allOperations), thrown, fc.boolean());
  const property = fc.asyncProperty(any, async ([operation, call, asRaw]) => {
    const kind = asRaw && operation.body ? "raw" : call.kind;
    const { sent, token } = await stage.aimed(operation.id, { ...call, kind });
    const answer = await fetch(urlOf(operation, sent), requestOf(operation, sent, token));
    const text = await answer.text();
    if (answer.status >= 500) throw new Error(`${operation.id} answered ${answer.status}: ${text}`);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  });
  await fc.assert(property, { seed: 1, numRuns: calls, endOnFailure: true });
  expect(warnings).toEqual([]);
  const taken = [...statuses].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
  expect(taken).toBeGreaterThan(calls / 10);
  // No JSON, too large, of another type, wrong: each was reached.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([400, 413, 415, 422]));
});

function urlOf({ path }: Operation, { params = {}, query = {} }: Sent): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) =>
    encodeURIComponent((params[name] ?? "-").toWellFormed()),
  );
  return `${port.url}${filled}?${new URLSearchParams(query)}`;
}

function requestOf({ method }: Operation, { headers = {}, body, isBase64Encoded }: Sent, token: string | undefined) {
  // Without a type of our own fetch says that a text is text/plain, and nobody would look at it.
  const json = body === undefined ? {} : { "content-type": "application/json" };
  const carried = Object.entries({ ...json, ...(token !== undefined && { "x-auth-token": token }), ...headers });
  return {
    method,
    headers: Object.fromEntries(carried.filter(([, value]) => /^[\t\x20-\x7e\xa0-\xff]*$/.test(value))),
    redirect: "manual" as const,
    ...(method !== "GET" && body !== undefined && { body: isBase64Encoded ? Buffer.from(body, "base64") : body }),
  };
}

const long = "x".repeat(20_000);

test.each([
  ["no HTTP", 400, "hello\r\n\r\n"],
  ["another's address", 400, "GET http://169.254.169.254/latest HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["a star", 400, "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["a path that climbs", 404, "GET /v1/../../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["broken escapes", 401, "GET /v1/image-requests/%zz%ff%00 HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["two slashes", 404, "GET //v1//image-requests HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["a host that is none", 400, "GET /health HTTP/1.1\r\nhost: \\:x:y@@\r\n\r\n"],
  ["no host", 200, "GET /health HTTP/1.0\r\n\r\n"],
  ["two lengths", 400, "POST /v1/preflights HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc"],
  [
    "a length and chunks",
    400,
    "POST /v1/preflights HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  [
    "chunks that are none",
    400,
    "POST /v1/preflights HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n",
  ],
  ["a length beyond all bounds", 413, "POST /v1/preflights HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n"],
  ["a huge header", 431, `GET /health HTTP/1.1\r\nhost: x\r\nx: ${long}\r\n\r\n`],
  ["a huge path", 431, `GET /v1/${long} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ["a method that is none", 400, "BREW /health HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["bytes", 400, "\u0000\u0001\u0002\u00ff\u00fe"],
])("%s on the line is answered with %i, and the next caller is answered", async (_what, status, line) => {
  expect((await spoken(line)).slice(0, 200)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect((await fetch(`${port.url}/health`)).status).toBe(200);
});

/** What comes back until the other side closes. */
async function spoken(line: string): Promise<string> {
  const socket = connect(Number(new URL(port.url).port), "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk) => {
    heard += chunk.toString("latin1");
    if (heard.includes("\r\n\r\n")) socket.end();
  });
  socket.on("error", () => undefined);
  socket.write(line, "latin1");
  await once(socket, "close");
  return heard;
}
