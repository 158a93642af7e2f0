// Stands between the process that dies and one thing that it changes: the table, the queues, the cloud.
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Upstream } from "./effect-name.ts";
import type { Gate } from "./gate.ts";

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

export interface Passed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** `target` is where calls go; its own address in answers becomes the proxy's, so that catalogs and queue URLs lead back here.
 *  `heard` is told every call that was answered. */
export async function startProxy(
  upstream: Upstream,
  target: string,
  gate: () => Gate,
  heard: (action: string, body: string, answer: Passed) => void = () => undefined,
): Promise<Proxy> {
  let url = "";
  const server = createServer((incoming, outgoing) => {
    const deal = async () => {
      const body = await bodyOf(incoming);
      const { method = "GET", url: path = "/" } = incoming;
      const action = String(incoming.headers["x-amz-target"] ?? "");
      const call = { method, path, target: action, body: body.toString() };
      const answer = await gate().pass(upstream, call, () => forward(target, incoming, body));
      if (!answer) return void incoming.socket.destroy();
      heard(action, call.body, answer);
      const {
        "content-length": _length,
        "transfer-encoding": _coding,
        connection: _connection,
        ...headers
      } = answer.headers;
      const text = /json|text/.test(String(headers["content-type"]));
      const ours = text ? Buffer.from(answer.body.toString().replaceAll(target, url)) : answer.body;
      if (headers.location) headers.location = headers.location.replaceAll(target, url);
      outgoing.writeHead(answer.status, {
        ...headers,
        ...(answer.status !== 204 && { "content-length": ours.length }),
      });
      outgoing.end(method === "HEAD" || answer.status === 204 ? undefined : ours);
    };
    deal().catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Passed> {
  const { method, headers, url } = incoming;
  const outgoing = httpRequest(`${target}${url}`, { method, headers: { ...headers, host: new URL(target).host } });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await bodyOf(answer) };
}
