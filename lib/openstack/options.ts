// What a caller may set when it connects to a cloud, the bounds that hold for every call, and the report of one call.
import type { TokenStore } from "./token-store.ts";

export interface ConnectOptions {
  /** Told of every attempt that ended, whoever asked for it. It must not throw. */
  onCall?: ((call: CallReport) => void) | undefined;
  /** Time, for tests and simulations. Socket time-outs always run on real time. */
  clock?: Clock | undefined;
  /** A number in [0, 1), for the jitter of retries. */
  random?: (() => number) | undefined;
  limits?: Partial<Limits> | undefined;
  /** Where the token of the configured credentials outlives the process. */
  tokenStore?: TokenStore | undefined;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Limits {
  /** One attempt as a whole: waiting for a connection, connecting, sending, the whole answer. */
  timeoutMs: number;
  /** Attempts of one call, the first included. */
  attempts: number;
  /** From the beginning of the first attempt to the beginning of the last one. */
  retryBudgetMs: number;
  /** Of one answer. A longer one is refused, not cut. */
  maxResponseBytes: number;
  /** Open connections to each service. Calls beyond it wait within their `timeoutMs`. */
  maxConnections: number;
}

export const defaultLimits: Limits = {
  timeoutMs: 20_000,
  attempts: 4,
  retryBudgetMs: 15_000,
  maxResponseBytes: 8 * 1024 * 1024,
  maxConnections: 16,
};

/** One attempt of one call. It holds no secrets: no header, no body, no query. */
export interface CallReport {
  service: ServiceName;
  method: Method;
  /** Below the service's address, without the query: `/servers/ID/action`. */
  path: string;
  /** Undefined where no answer came. */
  status: number | undefined;
  /** What the operator finds in the service's log. */
  requestId?: string | undefined;
  durationMs: number;
  /** 1 for the first. A call that is sent again with a new token or microversion counts on. */
  attempt: number;
  /** Why there was no answer. */
  fault?: string | undefined;
}

export type ServiceName = "identity" | "compute" | "image" | "volume";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
