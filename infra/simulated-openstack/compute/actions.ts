// POST /servers/{id}/action: the one key of the body says what is to be done.
import { at, isObject, own } from "../bodies.ts";
import { consoleOf } from "../guest/console.ts";
import type { Answer } from "../http.ts";
import { bodyOf, type ComputeCall, type ComputeRoute, operationOf, serverOf } from "./call.ts";
import { checkHost, checkInCell, checkLock, checkState } from "./checks.ts";
import { createImage } from "./create-image.ts";
import { closeEvents, recordAction } from "./operations.ts";
import { changePower } from "./power.ts";
import { rebuild } from "./rebuild.ts";
import type { ServerRecord } from "./records.ts";
import { notAllowed, refuse } from "./refusals.ts";
import { deleteForGood, restore } from "./servers.ts";
import { shelve, unshelve } from "./shelve.ts";

export const actionRoutes: ComputeRoute[] = [["POST", "/v2.1/servers/{serverId}/action", act]];

type Action = (call: ComputeCall, server: ServerRecord, argument: unknown) => Answer;

const actions: Record<string, Action> = {
  "os-start": changePower("start"),
  "os-stop": changePower("stop"),
  pause: changePower("pause"),
  unpause: changePower("unpause"),
  suspend: changePower("suspend"),
  resume: changePower("resume"),
  reboot,
  createImage,
  createBackup,
  rebuild,
  shelve,
  unshelve,
  shelveOffload,
  restore,
  forceDelete,
  lock,
  unlock,
  "os-getConsoleOutput": getConsoleOutput,
};

function act(call: ComputeCall): Answer {
  const body = bodyOf(call);
  const [name, ...more] = Object.keys(body);
  if (name === undefined || more.length > 0) throw refuse(400, "Malformed request body");
  const action = own(actions, name);
  if (!action) throw refuse(400, `There is no such action: ${name}`);
  return action(call, serverOf(call), body[name]);
}

function forceDelete(call: ComputeCall, server: ServerRecord): Answer {
  checkLock(call, server);
  deleteForGood(call, server);
  return { status: 202 };
}

function reboot(call: ComputeCall, server: ServerRecord, argument: unknown): Answer {
  const type = String(at(argument, "type")).toUpperCase();
  if (type !== "SOFT" && type !== "HARD") throw refuse(400, "Invalid input for field/attribute reboot.");
  return changePower(type === "SOFT" ? "softReboot" : "hardReboot")(call, server);
}

/**
 * From 2.73 on with a reason. Who is of the server's project locks as its owner, others as administrator. A server that is locked already keeps its
 * lock and its reason when the owner locks it again (measured on Zed; nova/compute/api.py, lock).
 */
function lock(call: ComputeCall, server: ServerRecord, argument: unknown): Answer {
  const { core, caller, minor, projectId } = call;
  checkInCell(server);
  const reason = at(argument, "locked_reason");
  if (reason !== undefined && minor >= 73 && (typeof reason !== "string" || reason.length > 255 || reason === "")) {
    throw refuse(400, `Invalid input for field/attribute locked_reason. Value: ${String(reason)}.`);
  }
  const isOwner = server.projectId === projectId;
  if (!isOwner && !caller.isAdmin) throw notAllowed("os_compute_api:os-lock-server:lock");
  if (server.lockedBy !== null && isOwner) return { status: 202 };
  server.lockedBy = isOwner ? "owner" : "admin";
  if (typeof reason === "string" && minor >= 73) server.lockedReason = reason;
  closeEvents(recordAction(core, server, operationOf(call, "lock", "api_lock")), core.now());
  return { status: 202 };
}

/** An administrator's lock is not the owner's to undo: 403. */
function unlock(call: ComputeCall, server: ServerRecord): Answer {
  const { core, caller, projectId } = call;
  checkInCell(server);
  const expected = server.projectId === projectId ? "owner" : "admin";
  if (server.lockedBy !== null && server.lockedBy !== expected && !caller.isAdmin) {
    throw notAllowed("os_compute_api:os-lock-server:unlock:unlock_override");
  }
  server.lockedBy = null;
  server.lockedReason = null;
  closeEvents(recordAction(core, server, operationOf(call, "unlock", "api_unlock")), core.now());
  return { status: 202 };
}

function createBackup(call: ComputeCall, server: ServerRecord, argument: unknown): Answer {
  if (server.imageId === null) throw refuse(400, "Backup is not supported for volume-backed instances.");
  if (!isObject(argument)) throw refuse(400, "Malformed request body");
  const answer = createImage(call, server, { name: argument.name, metadata: argument.metadata ?? {} }, "image_backup");
  return call.minor >= 45 ? answer : { ...answer, json: undefined };
}

function shelveOffload(call: ComputeCall, server: ServerRecord): Answer {
  if (!call.caller.isAdmin) throw notAllowed("os_compute_api:os-shelve:shelve_offload");
  checkLock(call, server);
  checkState(server, "shelve_offload", ["shelved"]);
  return { status: 202 };
}

/** The last 100 KiB at most (nova/virt/libvirt/driver.py), of those the last `length` lines; nothing any more once the guest is off: 404 (measured on Zed). */
function getConsoleOutput({ core }: ComputeCall, server: ServerRecord, argument: unknown): Answer {
  checkHost(server);
  if (server.vmState === "stopped") throw refuse(404, "Guest does not have a console available.");
  const text = consoleOf(server, core.now());
  const length = at(argument, "length");
  const lines = length === undefined || length === null ? undefined : Number(length);
  if (lines === undefined || lines === -1) return { status: 200, json: { output: text } };
  if (!Number.isInteger(lines) || lines < -1)
    throw refuse(400, `Invalid input for field/attribute length. Value: ${String(length)}.`);
  return { status: 200, json: { output: lines === 0 ? "" : text.split("\n").slice(-lines).join("\n") } };
}
