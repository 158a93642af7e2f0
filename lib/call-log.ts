// Every call to a cloud leaves a line, with OpenStack's request id: by it an operator finds the call in the service's own log.
import { log } from "./log.ts";
import type { CallReport } from "./openstack/index.ts";

/** A reporter that says, of each call, for what it was made. */
export function callLog(about: Record<string, unknown>): (call: CallReport) => void {
  return ({ requestId, ...call }) =>
    log.info("call", { ...about, ...call, ...(requestId && { openstackRequestId: requestId }) });
}
