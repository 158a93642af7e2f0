// One port, four services: reads a request, meets faults on demand, lets the service answer, keeps the log.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { CallLog } from "./call-log.ts";
import type { Core } from "./core.ts";
import { withFaults } from "./fault-answers.ts";
import type { FaultRegistry } from "./faults.ts";
import { deliver, send } from "./sending.ts";

export type ServiceName = "identity" | "compute" | "image" | "volume";

export type Request = {
  core: Core;
  service: ServiceName;
  method: string;
  /** Within the service, without its prefix and the query: `/v2.1/servers`. */
  path: string;
  query: URLSearchParams;
  /** With prefix and query, as the client sent it. */
  fullPath: string;
  headers: IncomingMessage["headers"];
  bytes: Buffer;
  requestId: string;
  /** Whom the service found the caller to be; for the log. */
  userId?: string;
};

export type Answer = {
  status: number;
  json?: unknown;
  text?: string;
  /** Bytes as they are, in pieces that are made while they are sent. */
  stream?: { size: number; pieces(): Iterable<Buffer> };
  headers?: Record<string, string>;
};

/** Thrown by a handler instead of answering: the service's own error, ready to send. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`${answer.status} ${JSON.stringify(answer.json ?? answer.text)}`);
    this.answer = answer;
  }
}

/** `answer` must not throw but for defects, which become a 500; `maxBodyBytes` bounds what is read, `tooLarge` is then the answer. */
export type Service = {
  name: ServiceName;
  maxBodyBytes(method: string, path: string): number;
  tooLarge(request: Request): Answer;
  answer(request: Request): Answer;
  /** An error as this service words and shapes it, for faults on demand. */
  error(request: Request, status: number, message?: string, retryAfter?: string): Answer;
};

export type Dealings = {
  core: Core;
  services: Service[];
  faults: FaultRegistry;
  calls: CallLog;
  save(): void;
  /** Aborted when the cloud closes: no fault is waited out any longer. */
  closing: AbortSignal;
};

/** A server that is not listening yet. The handlers run to their end without a pause: no two calls ever mix. */
export function httpServer(dealings: Dealings): Server {
  const server = createServer((incoming, outgoing) => {
    deal(dealings, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.requestTimeout = 30_000;
  // Longer than a client keeps an idle connection, so that none is closed while a call is on its way.
  server.keepAliveTimeout = 120_000;
  server.maxConnections = 512;
  return server;
}

async function deal(dealings: Dealings, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const fullPath = incoming.url ?? "/";
  const url = new URL(fullPath, "http://127.0.0.1");
  const prefix = url.pathname.split("/")[1] ?? "";
  const service = dealings.services.find(({ name }) => name === prefix);
  if (!service) {
    incoming.resume();
    return send(outgoing, { status: 404, json: { error: `no service at ${url.pathname}` } }, incoming.method);
  }

  const request: Request = {
    core: dealings.core,
    service: service.name,
    method: incoming.method ?? "GET",
    path: url.pathname.slice(prefix.length + 1) || "/",
    query: url.searchParams,
    fullPath,
    headers: incoming.headers,
    bytes: Buffer.alloc(0),
    requestId: `req-${randomUUID()}`,
  };
  const bytes = await readBody(incoming, service.maxBodyBytes(request.method, request.path));
  if (bytes) request.bytes = bytes;

  const faults = dealings.faults.meet({
    service: service.name,
    method: request.method,
    path: fullPath,
    body: request.bytes.toString("utf8"),
  });
  const { core, closing } = dealings;
  const delivery = await withFaults(faults, {
    perform() {
      if (!bytes) return service.tooLarge(request);
      const happened = core.settle();
      const given = service.answer(request);
      if (happened || !["GET", "HEAD"].includes(request.method)) {
        core.contents.keepOnly((imageId) => Object.hasOwn(core.state.images, imageId));
        dealings.save();
      }
      return given;
    },
    rehearse: () => (bytes ? core.rehearse(() => service.answer(request)) : service.tooLarge(request)),
    error: (status, message, retryAfter) => service.error(request, status, message, retryAfter),
    nowMs: () => core.now(),
    closing,
  });
  const status =
    delivery === "reset" ? undefined : (delivery.how === "slowly" ? delivery.head : delivery.answer).status;

  dealings.calls.record({
    service: service.name,
    method: request.method,
    path: fullPath,
    requestId: request.requestId,
    at: core.now(),
    ...actionOf(request),
    ...(status === undefined ? {} : { status }),
    ...(request.userId === undefined ? {} : { userId: request.userId }),
  });
  if (delivery === "reset") incoming.socket.destroy();
  else await deliver(outgoing, delivery, request.method, closing);
}

/** The body, or undefined where it is larger than allowed: the rest is then read and thrown away. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= maxBytes ? Buffer.concat(chunks) : undefined;
}

function actionOf(request: Request): { action?: string } {
  if (request.service !== "compute" || !request.path.endsWith("/action")) return {};
  try {
    const [action] = Object.keys(JSON.parse(request.bytes.toString("utf8")));
    return action === undefined ? {} : { action };
  } catch {
    return {};
  }
}
