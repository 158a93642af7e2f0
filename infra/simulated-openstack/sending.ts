// Putting an answer on the wire: whole, slowly, or only in part.
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
      head(outgoing, delivery.head);
      outgoing.flushHeaders();
      await wait(delivery.delayMs, undefined, { signal: closing });
      outgoing.end(payloadOf(delivery.rest()).payload);
      return;
    }
    case "cut":
      return sendHalf(outgoing, delivery.answer, delivery.chunked);
  }
}

export function send(outgoing: ServerResponse, answer: Answer, method: string | undefined): void {
  const { payload } = payloadOf(answer);
  head(outgoing, answer);
  if (answer.status !== 204 || payload.length > 0) outgoing.setHeader("Content-Length", payload.length);
  outgoing.end(method === "HEAD" ? undefined : payload);
}

const missingBytes = 64;

/** Half of the body and then the end of the connection; where there is no body, one is announced that never comes. */
function sendHalf(outgoing: ServerResponse, answer: Answer, chunked: boolean): void {
  const { payload } = payloadOf(answer);
  head(outgoing, answer);
  if (!chunked) outgoing.setHeader("Content-Length", payload.length || missingBytes);
  outgoing.flushHeaders();
  const half = payload.subarray(0, Math.floor(payload.length / 2));
  // Ended, not reset: what was written still arrives.
  const end = () => outgoing.socket?.destroySoon();
  if (half.length > 0) outgoing.write(half, end);
  else end();
}

function head(outgoing: ServerResponse, answer: Answer): void {
  const { payload, type } = payloadOf(answer);
  outgoing.statusCode = answer.status;
  if (answer.status !== 204 || payload.length > 0) outgoing.setHeader("Content-Type", type);
  for (const [name, value] of Object.entries(answer.headers ?? {})) outgoing.setHeader(name, value);
}

function payloadOf(answer: Answer): { payload: Buffer; type: string } {
  if (answer.bytes !== undefined) return { payload: answer.bytes, type: "application/octet-stream" };
  if (answer.text !== undefined) return { payload: Buffer.from(answer.text), type: "text/html; charset=UTF-8" };
  const payload = Buffer.from(answer.json === undefined ? "" : JSON.stringify(answer.json));
  return { payload, type: "application/json" };
}
