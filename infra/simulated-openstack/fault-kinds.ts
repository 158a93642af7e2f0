// Every kind of fault under a name, so that a test can go through all of them.
import type { FaultAnswer } from "./faults.ts";

/** The statuses that OpenStack's services, or what stands before them, refuse with. */
export const errorStatuses = [
  400, 401, 403, 404, 405, 406, 408, 409, 410, 413, 415, 422, 429, 500, 501, 502, 503, 504,
] as const;

/** The service's own error with this status. */
export const ownError = (status: number, message?: string): FaultAnswer =>
  message === undefined ? { error: status } : { error: status, message };

/** What HAProxy says by itself where no server behind it is up: HTML, and no request id. */
export const proxyPage = (status: 502 | 503 | 504): FaultAnswer => ({
  status,
  body: `<html><body><h1>${status} ${proxyTitles[status]}</h1>\n${proxyReasons[status]}\n</body></html>\n`,
  headers: { "Cache-Control": "no-cache", Connection: "close" },
});

export type FaultKind = keyof typeof faultKinds;

const proxyTitles = { 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out" } as const;
const proxyReasons = {
  502: "The server returned an invalid or incomplete response.",
  503: "No server is available to handle this request.",
  504: "The server didn't respond in time.",
} as const;

/**
 * Name to what the caller gets; each can be placed `before` the effect of a call and `after` it. `slow` and `slow body` take `slowMs`; a client that waits
 * less than that gives up. `over quota` is the 413 of Cinder and Glance that says `Retry-After: 0` and must not be tried again at once.
 */
export const faultKindsAt = (slowMs: number) =>
  ({
    ...(Object.fromEntries(errorStatuses.map((status) => [status, ownError(status)])) as Record<
      (typeof errorStatuses)[number],
      FaultAnswer
    >),
    "throttled, seconds": { error: 429, retryAfter: { seconds: 2 } },
    "throttled, date": { error: 429, retryAfter: { dateInSeconds: 2 } },
    "unavailable, seconds": { error: 503, retryAfter: { seconds: 2 } },
    "over quota": { error: 413, retryAfter: { seconds: 0 } },
    "502 of a proxy": proxyPage(502),
    "503 of a proxy": proxyPage(503),
    "504 of a proxy": proxyPage(504),
    reset: "reset",
    slow: { delayMs: slowMs },
    "slow body": { bodyDelayMs: slowMs },
    "cut short": { cut: "length" },
    "cut chunk": { cut: "chunked" },
    "other shape": { shape: "other" },
    "list instead": { shape: "list" },
    nulls: { shape: "nulls" },
    "half of the JSON": { shape: "half" },
    "empty body": { shape: "empty" },
    "page with 200": { shape: "page" },
  }) as const satisfies Record<string | number, FaultAnswer>;

export const faultKinds = faultKindsAt(1000);
