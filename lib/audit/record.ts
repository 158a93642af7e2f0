// One act at a door, recorded before it is answered.
import { randomUUID } from "node:crypto";
import type { Caller } from "../http/caller.ts";
import { log } from "../log.ts";
import type { Provider } from "../providers/provider.ts";
import type { Runtime } from "../runtime.ts";
import { type About, type AuditRecord, bounded, type Facts } from "./audit-record.ts";
import { openAuditStore } from "./audit-store.ts";
import { type CallsMade, noCalls } from "./calls-made.ts";

/** What a door has at hand. */
export interface RecordedCall {
  readonly runtime: Pick<Runtime, "table" | "clock">;
  readonly provider: Pick<Provider, "name">;
  /** Without a name where it is just being erased. */
  readonly caller: Pick<Caller, "userId" | "projectId" | "projectName" | "token"> & {
    readonly userName: string | undefined;
  };
}

/**
 * Records that the caller did `action` (an operation's id) to `about`. `facts`: what was decided or acknowledged; no secret, no address, no person's name.
 * The line in the log comes first: where the table then does not take the record, this throws, and the caller is not told that all is well.
 */
export async function record(
  { runtime, provider, caller }: RecordedCall,
  action: string,
  about: About | undefined,
  facts: Facts = {},
  calls: CallsMade = noCalls,
): Promise<AuditRecord> {
  const { userId, userName, projectId, projectName, token } = caller;
  const made: AuditRecord = {
    schemaVersion: 1,
    id: randomUUID(),
    at: new Date(runtime.clock.now()).toISOString(),
    provider: provider.name,
    actor: { userId, ...(userName !== undefined && { userName }), projectId, projectName },
    auditIds: token.auditIds,
    action,
    ...(about && { about }),
    facts: bounded(facts),
    calls,
  };
  const { calls: _, actor: __, ...line } = made;
  log.info("audit", { ...line, actor: { userId, projectId } });
  await openAuditStore(runtime.table).add(made);
  return made;
}
