// The HTTP port: requests as API Gateway's HTTP APIs hand them to functions (payload format 2.0), and the answers back.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Route } from "./serverless-file.ts";

export type RoutedFunction = { route: Route; invoke(event: unknown): Promise<unknown> };
export type HttpPort = { url: string; close(): Promise<void> };

/** API Gateway's own bound. */
const maxBodyBytes = 10 * 1024 * 1024;

/** On 127.0.0.1. Fails with a sentence where the port is taken. */
export async function openHttpPort(
  port: number,
  functions: RoutedFunction[],
  warn: (text: string) => void,
): Promise<HttpPort> {
  const server = createServer((request, response) => {
    answer(request, response, functions).catch((error) => {
      warn(`http ${request.method} ${request.url}: ${error instanceof Error ? error.message : error}`);
      sendProblem(
        response,
        500,
        "internal",
        "An error of ours",
        "Something went wrong inside Darkroom; it is in its log.",
      );
    });
  });
  server.requestTimeout = 30_000;
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`port ${port} of 127.0.0.1 is taken: stop what uses it, or set PORT to another`);
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2_000).unref();
      await once(server, "close");
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, functions: RoutedFunction[]): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const atPath = functions.flatMap((each) => {
    const parameters = match(each.route.path, url.pathname);
    return parameters ? [{ ...each, parameters }] : [];
  });
  const chosen = atPath.find(({ route }) => route.method === request.method);
  if (!chosen && atPath.length > 0) {
    response.setHeader("allow", atPath.map(({ route }) => route.method).join(", "));
    return sendProblem(
      response,
      405,
      "method-not-allowed",
      "Not this method",
      `${request.method} is not possible here.`,
    );
  }
  if (!chosen)
    return sendProblem(response, 404, "not-found", "Not found", `There is nothing at ${url.pathname.slice(0, 200)}.`);
  const body = await readBody(request);
  if (!body)
    return sendProblem(
      response,
      413,
      "too-large",
      "The body is too large",
      `More than ${maxBodyBytes} bytes are not read.`,
    );
  const result = await chosen.invoke(eventOf(request, url, chosen.route, chosen.parameters, body));
  send(response, result as GatewayAnswer);
}

/** The values of `{id}` in a route's path; undefined where the path is another. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (!name && part !== value) return undefined;
    if (name && value === "") return undefined;
    if (name) parameters[name] = decoded(value);
  }
  return parameters;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Undefined where it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function eventOf(
  request: IncomingMessage,
  url: URL,
  route: Route,
  pathParameters: Record<string, string>,
  body: Buffer,
) {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : String(value),
    ]),
  );
  const query = [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).join(",")]);
  const isText = /json|text|urlencoded|^$/i.test(headers["content-type"] ?? "");
  return {
    version: "2.0",
    routeKey: `${route.method} ${route.path}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    ...(query.length > 0 && { queryStringParameters: Object.fromEntries(query) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      http: {
        method: request.method,
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      stage: "$default",
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

type GatewayAnswer = {
  statusCode?: number;
  headers?: Record<string, string | number | boolean>;
  body?: string;
  isBase64Encoded?: boolean;
};

function send(
  response: ServerResponse,
  { statusCode = 200, headers = {}, body = "", isBase64Encoded = false }: GatewayAnswer,
): void {
  response.statusCode = statusCode;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  response.end(isBase64Encoded ? Buffer.from(body, "base64") : body);
}

function sendProblem(response: ServerResponse, status: number, kind: string, title: string, detail: string): void {
  const body = JSON.stringify({ type: `urn:darkroom:problem:${kind}`, title, detail, status });
  // A body that was not read to its end must not be taken for the next request.
  if (status === 413) response.setHeader("connection", "close");
  send(response, { statusCode: status, headers: { "content-type": "application/problem+json" }, body });
}
