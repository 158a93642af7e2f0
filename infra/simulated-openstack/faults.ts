// Faults on demand: a test says which calls are to go wrong, and how.
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
  /** `before`: the call has no effect. `after`: it has, but the caller gets this instead of the answer. */
  when: "before" | "after";
  /** What the caller gets: this answer, a connection that ends, or the true answer later. */
  answer: { status: number; body?: unknown; headers?: Record<string, string> } | "reset" | { delayMs: number };
};

export type PlacedFault = { readonly hits: number; remove(): void };

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

  clear(): void {
    this.#faults = [];
  }

  /** The faults that this call meets, oldest first: delays, up to the first that decides its answer. Each of them counts as having hit. */
  meet(call: { service: ServiceName; method: string; path: string; body: string }): Fault[] {
    const met: Fault[] = [];
    for (const entry of this.#faults) {
      const { answer, times = Infinity } = entry.fault;
      if (entry.hits >= times || !matches(entry.fault, call)) continue;
      entry.hits += 1;
      met.push(entry.fault);
      if (answer === "reset" || "status" in answer) break;
    }
    return met;
  }
}

function matches(fault: Fault, call: { service: string; method: string; path: string; body: string }): boolean {
  return (
    (fault.service === undefined || fault.service === call.service) &&
    (fault.method === undefined || fault.method.toUpperCase() === call.method) &&
    (fault.path === undefined || call.path.search(fault.path) >= 0) &&
    (fault.body === undefined || call.body.search(fault.body) >= 0)
  );
}
