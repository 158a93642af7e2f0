// For tests: a loopback HTTP server that answers what a test scripted, misbehaves on demand, and remembers what it was asked.
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";

export interface ScriptedServer {
  url: string;
  /** All requests so far, in order. */
  seen: Seen[];
  /** `route` is `GET /path`, without the query. Steps are taken in order; the last one stays. */
  script(route: string, ...steps: Step[]): void;
  /** What was asked of one route. */
  asked(route: string): Seen[];
  close(): Promise<void>;
}

export interface Seen {
  route: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
  /** Which connection it came on, counted from 1. */
  connection: number;
}

/**
 * `reset`: the connection is cut after the request was read; `hang`: no answer ever; `cut`: half an answer, then the connection is cut.
 */
export type Step = Answer | "reset" | "hang" | "cut" | ((seen: Seen) => Answer | Promise<Answer>);

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  /** Instead of `json`. */
  text?: string;
}

export async function startScriptedServer(
  create: (listener: RequestListener) => Server = (listener) => createServer(listener),
  port = 0,
): Promise<ScriptedServer> {
  const scripts = new Map<string, Step[]>();
  const seen: Seen[] = [];
  const sockets = new Map<Socket, number>();
  let connections = 0;
  const server = create(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://any.invalid");
    const route = `${request.method} ${pathname}`;
    const connection = sockets.get(request.socket) ?? 0;
    const entry = { route, query: searchParams, headers: request.headers, body: await text(request), connection };
    seen.push(entry);
    const steps = scripts.get(route) ?? [{ status: 418, text: `${route} is not scripted` }];
    const step = steps.length > 1 ? steps.shift() : steps[0];
    if (step !== undefined) await take(step, entry, response);
  });
  const remember = (socket: Socket) => {
    connections += 1;
    sockets.set(socket, connections);
    socket.on("close", () => sockets.delete(socket));
  };
  server.on("connection", remember);
  server.on("secureConnection", remember);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const scheme = "setSecureContext" in server ? "https" : "http";
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    script: (route, ...steps) => void scripts.set(route, steps),
    asked: (route) => seen.filter((entry) => entry.route === route),
    async close() {
      for (const socket of sockets.keys()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function take(step: Step, seen: Seen, response: ServerResponse): Promise<void> {
  if (step === "hang") return;
  if (step === "reset") {
    response.socket?.destroy();
    return;
  }
  if (step === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"half":', () => response.socket?.destroy());
    return;
  }
  const { status = 200, headers = {}, json, text } = typeof step === "function" ? await step(seen) : step;
  const body = text ?? (json === undefined ? "" : JSON.stringify(json));
  const type = text === undefined ? "application/json" : "text/plain";
  response.writeHead(status, { "content-type": type, "x-openstack-request-id": "req-scripted", ...headers });
  response.end(body);
}
