// What Nova checks before it does something to a server, in its order: lock, host, vm_state, task_state.
import { pythonRepr, pythonStr } from "../bodies.ts";
import type { ComputeCall } from "./call.ts";
import type { ServerRecord, VmState } from "./records.ts";
import { conflict, invalidField, noSuchServer, refuse, unexpected } from "./refusals.ts";

/** Nobody but an administrator passes a lock, the owner who set it included (measured on Zed). */
export function checkLock({ caller }: ComputeCall, server: ServerRecord): void {
  if (server.lockedBy !== null && !caller.isAdmin) throw refuse(409, `Instance ${server.id} is locked`);
}

/** While it is being scheduled such a call is 404, for the server is in no cell yet; one that is on no host is not ready (measured on Zed). */
export function checkHost(server: ServerRecord): void {
  if (server.taskState === "scheduling") throw noSuchServer(server.id);
  if (server.hostId === "") throw refuse(409, `Instance ${server.id} is not ready`);
}

/** A lock or its removal is written where a server that is still being scheduled is not yet: 500 (measured on Zed). */
export function checkInCell(server: ServerRecord): void {
  if (server.taskState === "scheduling") throw unexpected("<class 'oslo_db.exception.DBReferenceError'>");
}

/** `method` is Nova's own name for what is done. */
export function checkState(server: ServerRecord, method: string, allowed: VmState[]): void {
  if (!allowed.includes(server.vmState)) throw conflict(method, server.id, "vm_state", server.vmState);
  if (server.taskState !== null) throw conflict(method, server.id, "task_state", server.taskState);
}

/** Names of servers and of their snapshots: 1 to 255 characters, none at the ends that are blank. */
export function checkName(name: unknown): string {
  if (typeof name !== "string")
    throw invalidField("name", pythonStr(name), `${pythonRepr(name)} is not of type 'string'`);
  if (name === "") throw invalidField("name", "", "'' is too short");
  if (name.length > 255) throw invalidField("name", name, `${pythonRepr(name)} is too long`);
  if (name.trim() !== name) {
    throw refuse(
      400,
      "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.",
    );
  }
  return name;
}

export function checkMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (typeof metadata !== "object" || metadata === null) {
    throw invalidField("metadata", pythonStr(metadata), `${pythonRepr(metadata)} is not of type 'object'`);
  }
  const checked: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string")
      throw invalidField(key, pythonStr(value), `${pythonRepr(value)} is not of type 'string'`);
    if (value.length > 255) throw invalidField(key, value, `${pythonRepr(value)} is too long`);
    checked[key] = value;
  }
  return checked;
}
