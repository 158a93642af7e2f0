// What can go wrong between us and a cloud, as a closed set of kinds: callers decide by the kind, never by the status code.
import type { Method, ServiceName } from "./options.ts";

/**
 * - `notFound`: it is not there, or not for us to see (OpenStack answers both with 404).
 * - `conflict`: its present state forbids it; `reason` says which state, where the cloud's words say it.
 * - `badRequest`: the cloud will never take this request as it is.
 * - `forbidden`: these roles do not allow it.
 * - `credentialRevoked`: the token, trust, user or application credential is not, or no longer, accepted.
 * - `overQuota`: there is no room; waiting alone does not help.
 * - `throttled`: too many calls; not performed. `retryAfterSeconds` where the cloud said it.
 * - `unavailable`: no answer, or a server's error. `outcomeKnown: false` means that it may have been performed.
 * - `unexpectedShape`: the cloud speaks otherwise than we understand; a person must look.
 */
export type FaultKind =
  | "notFound"
  | "conflict"
  | "badRequest"
  | "forbidden"
  | "credentialRevoked"
  | "overQuota"
  | "throttled"
  | "unavailable"
  | "unexpectedShape";

/** The state that stands in the way, as the cloud names it (`taskState: "powering-off"`). */
export type ConflictReason =
  | { locked: true }
  | { taskState: string }
  | { vmState: string }
  | { powerState: string }
  | { inUse: true }
  | { duplicate: true };

export interface FaultParts {
  kind: FaultKind;
  service: ServiceName;
  method: Method;
  path: string;
  detail: string;
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  outcomeKnown?: boolean | undefined;
  reason?: ConflictReason | undefined;
  shapePath?: string | undefined;
  cause?: unknown;
}

/** The only error that calls to a cloud throw. It holds no token, password or query. */
export class OpenStackFault extends Error {
  override readonly name = "OpenStackFault";
  readonly kind: FaultKind;
  readonly service: ServiceName;
  readonly method: Method;
  /** Below the service's address, without the query. */
  readonly path: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** The cloud's own words, tags stripped, at most 500 characters; ours where the cloud said nothing. */
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
  /** False: the call may have been performed although it failed. Look before asking again. */
  readonly outcomeKnown: boolean;
  /** Of a `conflict`, where it is understood. */
  readonly reason: ConflictReason | undefined;
  /** Of an `unexpectedShape`: where inside the answer, `server.flavor.ram`. */
  readonly shapePath: string | undefined;

  constructor(parts: FaultParts) {
    const status = parts.status === undefined ? "" : ` ${parts.status}`;
    const request = parts.requestId === undefined ? "" : ` (${parts.requestId})`;
    super(`${parts.service} ${parts.method} ${parts.path}:${status} ${parts.kind}: ${parts.detail}${request}`, {
      cause: parts.cause,
    });
    this.kind = parts.kind;
    this.service = parts.service;
    this.method = parts.method;
    this.path = parts.path;
    this.status = parts.status;
    this.requestId = parts.requestId;
    this.detail = parts.detail;
    this.retryAfterSeconds = parts.retryAfterSeconds;
    this.outcomeKnown = parts.outcomeKnown ?? true;
    this.reason = parts.reason;
    this.shapePath = parts.shapePath;
  }
}

/** What was asked for; undefined where it is not there. Every other fault is thrown. */
export async function ifThere<Thing>(asked: Promise<Thing>): Promise<Thing | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof OpenStackFault && error.kind === "notFound") return undefined;
    throw error;
  }
}
