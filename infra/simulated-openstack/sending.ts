// Putting an answer on the wire: whole, slowly, or only in part.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Delivery } from "./fault-answers.ts";
import type { Answer } from "./http.ts";

export async function deliver(
  outgoing: ServerResponse,
  delivery: Delivery,
  method: string | undefined,
  closing: AbortSignal,
): Promise<void> {
  if (method === "HEAD") return send(outgoing, delivery.how === "slowly" ? delivery.head : delivery.answer, method);
  switch (delivery.how) {
    case "whole":
      return send(outgoing, delivery.answer, method);
    case "slowly": {
      writeHead(outgoing, delivery.head, payloadOf(delivery.head));
      outgoing.flushHeaders();
      await wait(delivery.delayMs, undefined, { signal: closing });
      const rest = payloadOf(delivery.rest());
      await writeBody(outgoing, rest, rest.size);
      outgoing.end();
      return;
    }
    case "cut":
      return sendHalf(outgoing, delivery.answer, delivery.chunked);
  }
}

export async function send(outgoing: ServerResponse, answer: Answer, method: string | undefined): Promise<void> {
  const payload = payloadOf(answer);
  writeHead(outgoing, answer, payload);
  if (answer.status !== 204 || payload.size > 0) outgoing.setHeader("Content-Length", payload.size);
  if (method !== "HEAD") await writeBody(outgoing, payload, payload.size);
  outgoing.end();
}

const missingBytes = 64;

/** Half of the body and then the end of the connection; where there is no body, one is announced that never comes. */
async function sendHalf(outgoing: ServerResponse, answer: Answer, chunked: boolean): Promise<void> {
  const payload = payloadOf(answer);
  writeHead(outgoing, answer, payload);
  if (!chunked) outgoing.setHeader("Content-Length", payload.size || missingBytes);
  outgoing.flushHeaders();
  await writeBody(outgoing, payload, Math.floor(payload.size / 2));
  // Ended, not reset: what was written still arrives.
  outgoing.socket?.destroySoon();
}

function writeHead(outgoing: ServerResponse, answer: Answer, { size, type }: Payload): void {
  outgoing.statusCode = answer.status;
  if (answer.status !== 204 || size > 0) outgoing.setHeader("Content-Type", type);
  for (const [name, value] of Object.entries(answer.headers ?? {})) outgoing.setHeader(name, value);
}

/** No faster than the caller reads; ends early where the caller is gone. */
async function writeBody(outgoing: ServerResponse, { pieces }: Payload, maxBytes: number): Promise<void> {
  let left = maxBytes;
  for (const piece of pieces()) {
    if (left <= 0 || outgoing.destroyed) return;
    const part = piece.subarray(0, left);
    left -= part.length;
    if (part.length === 0 || outgoing.write(part)) continue;
    await Promise.race([once(outgoing, "drain"), once(outgoing, "close")]);
  }
}

type Payload = { size: number; type: string; pieces(): Iterable<Buffer> };

function payloadOf(answer: Answer): Payload {
  if (answer.stream !== undefined) return { ...answer.stream, type: "application/octet-stream" };
  if (answer.text !== undefined) return payload(answer.text, "text/html; charset=UTF-8");
  return payload(answer.json === undefined ? "" : JSON.stringify(answer.json), "application/json");
}

function payload(text: string, type: string): Payload {
  const bytes = Buffer.from(text);
  return { size: bytes.length, type, pieces: () => [bytes] };
}
