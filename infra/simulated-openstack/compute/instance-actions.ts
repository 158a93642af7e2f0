// os-instance-actions: what was done to a server, by whom, and how it ended.
import { isoNaive } from "../clock.ts";
import type { Answer } from "../http.ts";
import { type ComputeCall, type ComputeRoute, serverOf } from "./call.ts";
import type { ActionRecord, EventRecord, ServerRecord } from "./records.ts";
import { refuse } from "./refusals.ts";
import { limitOf } from "./server-list.ts";

export const instanceActionRoutes: ComputeRoute[] = [
  ["GET", "/v2.1/servers/{serverId}/os-instance-actions", listActions],
  ["GET", "/v2.1/servers/{serverId}/os-instance-actions/{requestId}", showAction],
];

/** Newest first; of deleted servers too from 2.21 on, in pages from 2.58 on. */
function listActions(call: ComputeCall): Answer {
  const { core, minor, request } = call;
  const server = serverOf(call, { deletedToo: minor >= 21 });
  const all = server.actions.toReversed();
  if (minor < 58)
    return { status: 200, json: { instanceActions: all.map((action) => actionView(call, server, action)) } };

  const limit = limitOf(call);
  const marker = request.query.get("marker");
  const after = marker === null ? 0 : all.findIndex(({ requestId }) => requestId === marker) + 1;
  if (marker !== null && after === 0) throw refuse(400, `marker [${marker}] not found`);
  const page = all.slice(after, after + limit);
  const shown = page.map((action) => actionView(call, server, action));
  const last = page.at(-1);
  if (!last || page.length < limit) return { status: 200, json: { instanceActions: shown } };
  const next = new URLSearchParams(request.query);
  next.set("marker", last.requestId);
  const href = `${core.baseUrl}/compute/v2.1/servers/${server.id}/os-instance-actions?${next}`;
  return { status: 200, json: { instanceActions: shown, links: [{ rel: "next", href }] } };
}

/** The request id of the call that began it is its key. Its events are shown to administrators, from 2.51 on to all. */
function showAction(call: ComputeCall): Answer {
  const server = serverOf(call, { deletedToo: call.minor >= 21 });
  const action = server.actions.find(({ requestId }) => requestId === call.parameters.requestId);
  if (!action) throw refuse(404, `Action ${call.parameters.requestId} not found`);
  const events =
    call.minor >= 51 || call.caller.isAdmin ? { events: action.events.map((event) => eventView(call, event)) } : {};
  return { status: 200, json: { instanceAction: { ...actionView(call, server, action), ...events } } };
}

const actionView = ({ minor }: ComputeCall, server: ServerRecord, action: ActionRecord) => ({
  action: action.action,
  instance_uuid: server.id,
  request_id: action.requestId,
  user_id: action.userId,
  project_id: action.projectId,
  start_time: isoNaive(action.startAt),
  message: action.message,
  ...(minor >= 58 && { updated_at: isoNaive(action.updatedAt) }),
});

/** Why it failed (`traceback`, and `details` from 2.84 on) is for administrators only (measured on Zed); `hostId` came with 2.62. */
const eventView = ({ caller, minor }: ComputeCall, event: EventRecord) => ({
  event: event.event,
  start_time: isoNaive(event.startAt),
  finish_time: event.finishAt === null ? null : isoNaive(event.finishAt),
  result: event.result,
  ...(caller.isAdmin && { traceback: event.details, ...(minor >= 62 && { host: "simulated" }) }),
  ...(minor >= 62 && { hostId: "955890683ed783713c5d3ee86cfbb6a945ab3dc47ee3d16ddd7fe61d" }),
  ...(caller.isAdmin && minor >= 84 && { details: event.details }),
});
