// One request and its answer, bounded in time and size; knows whether anything was sent when it fails.
import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, request } from "undici";
import { errorCode, errorWords } from "./error-code.ts";
import type { Limits, Method } from "./options.ts";

export interface HttpRequest {
  method: Method;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export type Outcome = Answered | Unanswered;

export interface Answered {
  answered: true;
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Unanswered {
  answered: false;
  /** `broken`: the connection, before or after sending; `tooLong`: the answer is above `maxResponseBytes`. */
  why: "broken" | "timedOut" | "aborted" | "tooLong";
  /** False only where it is certain that no byte of the request left. */
  sent: boolean;
  detail: string;
  cause: unknown;
}

/** Never throws. Redirects are answers like any other: following one would show the token to whoever it names. */
export async function exchange(
  connections: Dispatcher,
  { url, method, headers, body }: HttpRequest,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  if (signal?.aborted)
    return { answered: false, sent: false, why: "aborted", detail: aborted.message, cause: undefined };
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(timedOut), limits.timeoutMs);
  const abort = () => end.abort(aborted);
  signal?.addEventListener("abort", abort, { once: true });
  let sent = false;
  const dispatcher = markingStart(connections, () => {
    sent = true;
  });
  // undici itself heeds the signal only once a request has a connection, so that one that waits for its turn, or for a host that does not answer, would
  // wait on. It is then never sent: undici looks at the signal again before it writes.
  const ended = Promise.withResolvers<never>();
  end.signal.addEventListener("abort", () => ended.reject(end.signal.reason), { once: true });
  try {
    const options = { method, headers, body: body ?? null, signal: end.signal, dispatcher };
    return await Promise.race([ended.promise, wholeAnswer(url, options)]);
  } catch (error) {
    return { answered: false, sent, ...whyUnanswered(error, end.signal, limits) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function wholeAnswer(url: string, options: Parameters<typeof request>[1]): Promise<Answered> {
  const { statusCode, headers, body } = await request(url, options);
  return { answered: true, status: statusCode, headers, text: await body.text() };
}

const timedOut = new Error("time-out");
const aborted = new Error("aborted by the caller");

/** undici tells a handler of the start of its request when a connection stands and the request is about to be written to it. */
function markingStart(connections: Dispatcher, mark: () => void): Dispatcher {
  return connections.compose((dispatch) => (options, handler) => dispatch(options, marked(handler, mark)));
}

function marked(handler: Dispatcher.DispatchHandler, mark: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      mark();
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...told) => handler.onRequestUpgrade?.(...told),
    onResponseStart: (...told) => handler.onResponseStart?.(...told),
    onResponseData: (...told) => handler.onResponseData?.(...told),
    onResponseEnd: (...told) => handler.onResponseEnd?.(...told),
    onResponseError: (...told) => handler.onResponseError?.(...told),
  };
}

function whyUnanswered(error: unknown, end: AbortSignal, limits: Limits): Pick<Unanswered, "why" | "detail" | "cause"> {
  if (end.aborted && end.reason === aborted) return { why: "aborted", detail: aborted.message, cause: undefined };
  const code = errorCode(error);
  if (end.aborted || /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) {
    return { why: "timedOut", detail: `no whole answer within ${limits.timeoutMs} ms`, cause: error };
  }
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return { why: "tooLong", detail: `the answer is longer than ${limits.maxResponseBytes} bytes`, cause: error };
  }
  const words = [code, errorWords(error)].filter(Boolean).join(": ");
  return { why: "broken", detail: words || "the connection broke", cause: error };
}
