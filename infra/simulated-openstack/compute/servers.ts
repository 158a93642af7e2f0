// One server: shown, renamed, deleted; its metadata.
import { at, isObject } from "../bodies.ts";
import type { Answer } from "../http.ts";
import { bodyOf, type ComputeCall, type ComputeRoute, operationOf, serverOf } from "./call.ts";
import { checkLock, checkName, checkState } from "./checks.ts";
import { begin } from "./operations.ts";
import { power, type ServerRecord } from "./records.ts";
import { invalidField, refuse } from "./refusals.ts";
import { serverView } from "./server-view.ts";
import { deleted } from "./steps.ts";

export const serverRoutes: ComputeRoute[] = [
  [
    "GET",
    "/v2.1/servers/{serverId}",
    (call) => ({ status: 200, json: { server: serverView(call, serverOf(call), "show") } }),
  ],
  ["PUT", "/v2.1/servers/{serverId}", updateServer],
  ["DELETE", "/v2.1/servers/{serverId}", deleteServer],
  [
    "GET",
    "/v2.1/servers/{serverId}/metadata",
    (call) => ({ status: 200, json: { metadata: serverOf(call).metadata } }),
  ],
  ["POST", "/v2.1/servers/{serverId}/metadata", updateMetadata],
];

/** A lock does not stand in the way of a new name (measured on Zed). */
function updateServer(call: ComputeCall): Answer {
  const server = serverOf(call);
  const wanted = at(bodyOf(call), "server");
  if (!isObject(wanted)) throw refuse(400, "Malformed request body");
  if (wanted.name !== undefined) server.name = checkName(wanted.name);
  if (wanted.description !== undefined && call.minor >= 19)
    server.description = typeof wanted.description === "string" ? wanted.description : null;
  server.updatedAt = call.core.now();
  return { status: 200, json: { server: serverView(call, server, "changed") } };
}

/** 204 at once; gone a little later, or, where the cloud lets servers be restored, SOFT_DELETED for that long. A server that never came up has nothing to take down and is gone at once, and no action says so (measured on Zed). An unfinished snapshot goes with it (nova/compute/manager.py). */
function deleteServer(call: ComputeCall): Answer {
  const server = serverOf(call);
  checkLock(call, server);
  const { reclaimInstanceIntervalMs: reclaimMs } = call.core.state.policies;
  if (reclaimMs > 0 && server.launchedAt !== null) return softDelete(call, server, reclaimMs);
  return deleteForGood(call, server);
}

/** One that never ran is deleted for good all the same (nova/compute/api.py, soft_delete). */
function softDelete(call: ComputeCall, server: ServerRecord, reclaimMs: number): Answer {
  if (server.vmState === "soft-delete" || server.taskState === "soft-deleting") return { status: 204 };
  const { deleteMs } = call.core.timing;
  begin(call.core, server, operationOf(call, "delete", "compute_soft_delete_instance"), "soft-deleting", [
    { afterMs: deleteMs, step: { do: "softDeleted" } },
    { afterMs: deleteMs + reclaimMs, step: { do: "deleted" } },
  ]);
  return { status: 204 };
}

export function restore(call: ComputeCall, server: ServerRecord): Answer {
  checkLock(call, server);
  checkState(server, "restore", ["soft-delete"]);
  begin(call.core, server, operationOf(call, "restore", "compute_restore_instance"), "restoring", [
    {
      afterMs: call.core.timing.startMs,
      step: { do: "settled", vmState: "active", powerState: power.running, launched: true },
    },
  ]);
  return { status: 202 };
}

export function deleteForGood(call: ComputeCall, server: ServerRecord): Answer {
  const { core } = call;
  if (server.taskState === "deleting") return { status: 204 };
  removeUnfinishedSnapshot(call, server);
  // A shelved server's only disk goes with it (nova/compute/api.py, _delete; measured on Zed).
  if (server.vmState.startsWith("shelved") && server.shelvedImageId !== null) {
    delete core.state.images[server.shelvedImageId];
  }
  if (server.launchedAt === null || server.hostId === "") {
    deleted(core, server, core.now());
    return { status: 204 };
  }
  begin(core, server, operationOf(call, "delete", "compute_terminate_instance"), "deleting", [
    { afterMs: core.timing.deleteMs, step: { do: "deleted" } },
  ]);
  return { status: 204 };
}

function removeUnfinishedSnapshot({ core }: ComputeCall, server: ServerRecord): void {
  if (!server.taskState?.startsWith("image_")) return;
  for (const due of core.state.due) {
    if (!("serverId" in due)) continue;
    const { operation, serverId, step } = due;
    if (serverId !== server.id || operation !== server.operation || !("imageId" in step)) continue;
    if (core.state.images[step.imageId]?.status !== "active") delete core.state.images[step.imageId];
  }
}

function updateMetadata(call: ComputeCall): Answer {
  const server = serverOf(call);
  checkLock(call, server);
  const wanted = at(bodyOf(call), "metadata");
  if (!isObject(wanted)) throw refuse(400, "Malformed request body");
  for (const [key, value] of Object.entries(wanted)) {
    if (typeof value !== "string") throw invalidField(key, String(value), `${String(value)} is not of type 'string'`);
    server.metadata[key] = value;
  }
  return { status: 200, json: { metadata: server.metadata } };
}
