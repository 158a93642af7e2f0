// Faults on demand: a test says which calls are to go wrong, and how. What can go wrong has a name in fault-kinds.ts.
import type { ServiceName } from "./http.ts";

export type Fault = {
  service?: ServiceName;
  method?: string;
  /** Matched against the path with its prefix and query, e.g. `/compute/v2.1/servers/ID/action`. */
  path?: RegExp;
  /** Matched against the request's body as text: Nova's actions differ only there. */
  body?: RegExp;
  /** How often; absent: until removed. */
  times?: number;
  /** `before`: the call has no effect (a call that is only slow: not yet). `after`: it has, but the caller gets this instead of the answer. */
  when: "before" | "after";
  answer: FaultAnswer;
};

/** What the caller gets instead of the true answer. Waiting is in the machine's time whatever the cloud's clock says: it is the network's. */
export type FaultAnswer =
  /** This answer; a text goes as HTML, all else as JSON. */
  | { status: number; body?: unknown; headers?: Record<string, string> }
  /** The service's own error, worded and shaped as it does; without a message the usual one. */
  | { error: number; message?: string; retryAfter?: RetryAfter }
  /** The connection ends without an answer. */
  | "reset"
  /** The true answer, later. The call has its effect also where its caller has given up by then. */
  | { delayMs: number }
  /** The true answer's head at once, its body later. */
  | { bodyDelayMs: number }
  /** Half of the true answer, then the connection ends: less than `Content-Length` said, or a chunked body without its end. */
  | { cut: "length" | "chunked" }
  /** The true answer's status and headers with another body. */
  | { shape: WrongShape };

/**
 * `other`: JSON with none of the names that belong there; `list`: a list instead of an object; `nulls`: the true JSON with null for every value; `half`: the first half of the
 * true JSON, delivered whole; `empty`: nothing; `page`: HTML with 200, as of a proxy's login.
 */
export type WrongShape = "other" | "list" | "nulls" | "half" | "empty" | "page";

/** As seconds, or as an HTTP date that many seconds from the cloud's now. */
export type RetryAfter = { seconds: number } | { dateInSeconds: number };

export type PlacedFault = { readonly hits: number; remove(): void };

type Met = { service: ServiceName; method: string; path: string; body: string };

export class FaultRegistry {
  #faults: { fault: Fault; hits: number }[] = [];

  add(fault: Fault): PlacedFault {
    const entry = { fault, hits: 0 };
    this.#faults.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => {
        this.#faults = this.#faults.filter((other) => other !== entry);
      },
    };
  }

  /** Of all that are placed now. */
  get hits(): number {
    return this.#faults.reduce((sum, { hits }) => sum + hits, 0);
  }

  clear(): void {
    this.#faults = [];
  }

  /** The faults that this call meets, oldest first: delays, up to the first that decides its answer. Each of them counts as having hit. */
  meet(call: Met): Fault[] {
    const met: Fault[] = [];
    for (const entry of this.#faults) {
      const { answer, times = Infinity } = entry.fault;
      if (entry.hits >= times || !matches(entry.fault, call)) continue;
      entry.hits += 1;
      met.push(entry.fault);
      if (answer === "reset" || !("delayMs" in answer)) break;
    }
    return met;
  }
}

function matches(fault: Fault, call: Met): boolean {
  return (
    (fault.service === undefined || fault.service === call.service) &&
    (fault.method === undefined || fault.method.toUpperCase() === call.method) &&
    (fault.path === undefined || call.path.search(fault.path) >= 0) &&
    (fault.body === undefined || call.body.search(fault.body) >= 0)
  );
}
