// The HTTP port: requests become events for functions, results become answers; what the host itself refuses is problem+json.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { securityHeaders } from "../../lib/http/security-headers.ts";
import { allowOrigin, type Cors, isPreflight } from "./cors.ts";
import { FunctionFailure } from "./function-pool.ts";
import { type HttpAnswer, httpAnswer, httpEvent } from "./http-event.ts";
import { routesOfPath } from "./routes.ts";
import type { Route } from "./serverless-file.ts";

export type RoutedFunction = { route: Route; invoke(event: unknown): Promise<unknown> };
export type HttpPort = {
  url: string;
  /** Takes no new request; what is being answered is answered until `graceMs` have passed. */
  close(graceMs: number): Promise<void>;
};

export type HttpPortOptions = {
  /** Absent: no page of another origin may call. */
  cors?: Cors | undefined;
  /** How many proxies of the operator's stand in front; none by default, and X-Forwarded-For is not believed then. */
  proxies?: number;
};

/** API Gateway's own bound. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** On 127.0.0.1; port 0 is any that is free. Fails with a sentence where the port is taken. */
export async function openHttpPort(
  port: number,
  functions: RoutedFunction[],
  warn: (text: string) => void,
  { cors, proxies = 0 }: HttpPortOptions = {},
): Promise<HttpPort> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    if (cors) allowOrigin(cors, request, response);
    if (cors && isPreflight(request))
      return void send(response, request, { status: 204, headers: [], body: Buffer.of() });
    answerTo(request, functions, proxies)
      .catch((error: unknown) => failure(error, request, warn))
      .then((answer) => send(response, request, answer))
      .catch((error: unknown) => {
        warn(`${request.method} ${request.url?.slice(0, 200)}: ${error instanceof Error ? error.message : error}`);
        response.destroy();
      });
  });
  // Longer than a client or a proxy keeps an idle connection, so that none is closed while a request is on its way.
  server.keepAliveTimeout = 120_000;
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`port ${port} of 127.0.0.1 is taken: stop what uses it, or set PORT to another`);
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(graceMs) {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function answerTo(request: IncomingMessage, functions: RoutedFunction[], proxies: number): Promise<HttpAnswer> {
  const url = urlOf(request);
  if (!url) return problem(400, "bad-request", "Not a path", "The request names no path of this host.");
  const atPath = routesOfPath(functions, url.pathname);
  const chosen = atPath.find(({ route }) => route.method === request.method);
  if (!chosen && atPath.length === 0)
    return problem(404, "not-found", "Not found", `There is nothing at ${url.pathname.slice(0, 200)}.`);
  if (!chosen) {
    const allow = atPath.map(({ route }) => route.method).join(", ");
    const detail = `${request.method} is not possible here; ${allow} is.`;
    return problem(405, "method-not-allowed", "Not this method", detail, [["allow", allow]]);
  }
  const body = await readBody(request);
  if (!body) return problem(413, "too-large", "The body is too large", `More than ${maxBodyBytes} bytes are not read.`);
  return httpAnswer(await chosen.invoke(httpEvent(request, url, chosen, body, proxies)));
}

function urlOf({ url = "", headers }: IncomingMessage): URL | undefined {
  if (!url.startsWith("/")) return undefined;
  return URL.parse(`http://${headers.host ?? "127.0.0.1"}${url}`) ?? undefined;
}

/** Undefined where it is too large; no more than the bound is ever held. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return undefined;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** To the caller nothing of our inside; to the log everything. */
function failure(error: unknown, request: IncomingMessage, warn: (text: string) => void): HttpAnswer {
  if (request.destroyed && !request.complete) throw new Error("the caller went away");
  warn(`${request.method} ${request.url?.slice(0, 200)}: ${error instanceof Error ? error.stack : error}`);
  const kind = error instanceof FunctionFailure ? error.kind : undefined;
  const again: [string, string][] = [["retry-after", "1"]];
  if (kind === "throttled")
    return problem(503, "busy", "Too much at once", "Too many requests are being answered.", again);
  if (kind === "stopped") return problem(503, "stopping", "Being stopped", "Darkroom is being stopped.", again);
  if (kind === "timedOut") return problem(504, "too-slow", "No answer in time", "The answer took too long.");
  return problem(500, "internal", "An error of ours", "Something went wrong inside Darkroom; it is in its log.");
}

function problem(
  status: number,
  kind: string,
  title: string,
  detail: string,
  headers: [string, string][] = [],
): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ type: `urn:darkroom:problem:${kind}`, title, detail, status }));
  return { status, headers: [["content-type", "application/problem+json"], ...headers], body };
}

function send(response: ServerResponse, request: IncomingMessage, { status, headers, body }: HttpAnswer): void {
  for (const [name, value] of headers) response.appendHeader(name, value);
  // What the host itself refuses carries the same as a function's answers.
  for (const [name, value] of Object.entries(securityHeaders(request.headers.host)))
    if (!response.hasHeader(name)) response.setHeader(name, value);
  // A body that was not read to its end must not be taken for the next request.
  if (!request.complete) response.setHeader("connection", "close");
  response.writeHead(status).end(status === 204 || status === 304 ? undefined : body);
}
