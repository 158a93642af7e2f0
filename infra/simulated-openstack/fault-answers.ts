// What a call that meets faults comes to: whether it has its effect, and what its caller gets.
import { setTimeout as wait } from "node:timers/promises";
import { isObject } from "./bodies.ts";
import type { Fault, FaultAnswer, RetryAfter, WrongShape } from "./faults.ts";
import type { Answer } from "./http.ts";

/** One call, as it can be played. */
export type Performance = {
  /** Lets it have its effect. */
  perform(): Answer;
  /** What it would be answered, without any effect. */
  rehearse(): Answer;
  /** The service's own error. */
  error(status: number, message?: string, retryAfter?: string): Answer;
  nowMs(): number;
  /** The cloud is closing: nothing is waited for any longer. */
  closing: AbortSignal;
};

export type Delivery =
  | { how: "whole"; answer: Answer }
  /** `head` at once; after the delay the body of what `rest` then answers. */
  | { how: "slowly"; head: Answer; delayMs: number; rest(): Answer }
  | { how: "cut"; answer: Answer; chunked: boolean };

export async function withFaults(faults: Fault[], call: Performance): Promise<Delivery | "reset"> {
  let performed: Answer | undefined;
  const performOnce = () => {
    performed ??= call.perform();
    return performed;
  };
  for (const { when, answer } of faults) {
    if (when === "after") performOnce();
    if (answer === "reset") return "reset";
    if ("delayMs" in answer) await wait(answer.delayMs, undefined, { signal: call.closing });
    else if ("bodyDelayMs" in answer) {
      const head = performed ?? call.rehearse();
      return { how: "slowly", head, delayMs: answer.bodyDelayMs, rest: performOnce };
    } else return instead(answer, call, performed);
  }
  return { how: "whole", answer: performOnce() };
}

type Deciding = Exclude<FaultAnswer, "reset" | { delayMs: number } | { bodyDelayMs: number }>;

function instead(fault: Deciding, call: Performance, performed: Answer | undefined): Delivery {
  if ("status" in fault) return { how: "whole", answer: asGiven(fault) };
  if ("error" in fault) {
    const retryAfter = fault.retryAfter && retryAfterHeader(fault.retryAfter, call.nowMs());
    return { how: "whole", answer: call.error(fault.error, fault.message, retryAfter) };
  }
  const truth = withRoomForABody(performed ?? call.rehearse());
  if ("cut" in fault) return { how: "cut", answer: truth, chunked: fault.cut === "chunked" };
  return { how: "whole", answer: misshapen(truth, fault.shape) };
}

function asGiven(fault: { status: number; body?: unknown; headers?: Record<string, string> }): Answer {
  const headers = fault.headers === undefined ? {} : { headers: fault.headers };
  if (fault.body === undefined) return { status: fault.status, text: "", ...headers };
  return typeof fault.body === "string"
    ? { status: fault.status, text: fault.body, ...headers }
    : { status: fault.status, json: fault.body, ...headers };
}

const retryAfterHeader = (retryAfter: RetryAfter, nowMs: number): string =>
  "seconds" in retryAfter
    ? String(retryAfter.seconds)
    : new Date(nowMs + retryAfter.dateInSeconds * 1000).toUTCString();

/** A 204 can have no body. */
const withRoomForABody = (answer: Answer): Answer => (answer.status === 204 ? { ...answer, status: 200 } : answer);

function misshapen({ status, headers = {}, ...truth }: Answer, shape: WrongShape): Answer {
  const json = (value: unknown): Answer => ({ status, headers, json: value });
  const body = truth.json === undefined ? (truth.text ?? "") : JSON.stringify(truth.json);
  switch (shape) {
    case "other":
      return json({ unexpected: [1, "two", { three: null }] });
    case "list":
      return json([]);
    case "nulls":
      return json(nulled(truth.json ?? {}));
    case "half":
      return {
        status,
        headers: { ...headers, "Content-Type": "application/json" },
        text: body === "" ? '{"' : body.slice(0, Math.ceil(body.length / 2)),
      };
    case "empty":
      return { status, headers, text: "" };
    case "page":
      return {
        status: 200,
        text: "<!doctype html>\n<html><head><title>Sign in</title></head><body><form></form></body></html>\n",
      };
  }
}

function nulled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nulled);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, nulled(inner)]));
  return null;
}
