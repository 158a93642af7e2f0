// What was asked of the cloud, for tests that count calls. The oldest are forgotten.
import type { ServiceName } from "./http.ts";

export type LoggedCall = {
  service: ServiceName;
  method: string;
  /** With prefix and query. */
  path: string;
  /** The name of a Nova action (`os-stop`, `createImage`, …). */
  action?: string;
  /** Absent where the connection was reset instead. */
  status?: number;
  userId?: string;
  requestId: string;
  /** The cloud's time. */
  at: number;
};

const keptCalls = 20_000;

export class CallLog extends Array<LoggedCall> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  record(call: LoggedCall): void {
    if (this.length >= keptCalls) this.splice(0, keptCalls / 10);
    this.push(call);
  }
}
