// Beginning and ending what is done to a server: its task state, its entry among the instance actions, what is due later.
import type { Core } from "../core.ts";
import type { Step } from "../transitions.ts";
import type { ActionRecord, ServerRecord } from "./records.ts";

export type Operation = { action: string; event: string; requestId: string; userId: string; projectId: string };

/** Notes the action, as Nova does when a call is accepted; its event is open until `finish`. */
export function recordAction(core: Core, server: ServerRecord, operation: Operation): ActionRecord {
  const now = core.now();
  const { action, requestId, userId, projectId } = operation;
  const record: ActionRecord = {
    action,
    requestId,
    userId,
    projectId,
    startAt: now,
    updatedAt: now,
    message: null,
    events: [{ event: operation.event, startAt: now, finishAt: null, result: null, details: null }],
  };
  server.actions.push(record);
  if (server.actions.length > keptActions) server.actions.shift();
  return record;
}

const keptActions = 1000;

/** Begins something that takes time: `course` says what happens after how many milliseconds; the last step must end it. */
export function begin(
  core: Core,
  server: ServerRecord,
  operation: Operation,
  taskState: string,
  course: { afterMs: number; step: Step }[],
): void {
  recordAction(core, server, operation);
  server.operation = operation.requestId;
  server.taskState = taskState;
  server.updatedAt = core.now();
  for (const { afterMs, step } of course) {
    core.schedule({ at: core.now() + afterMs, serverId: server.id, operation: operation.requestId, step });
  }
}

/** Ends the operation under way: no task state, its event finished. */
export function finish(server: ServerRecord, atMs: number, failure: string | null = null): void {
  const action = server.actions.find(({ requestId }) => requestId === server.operation);
  if (action) closeEvents(action, atMs, failure);
  server.operation = null;
  server.taskState = null;
  server.updatedAt = atMs;
}

/** Nova marks the whole action with the message `Error` where an event of it failed (nova/db/main/api.py, action_event_finish). */
export function closeEvents(action: ActionRecord, atMs: number, failure: string | null = null): void {
  action.updatedAt = atMs;
  if (failure !== null) action.message = "Error";
  for (const event of action.events) {
    if (event.finishAt !== null) continue;
    event.finishAt = atMs;
    event.result = failure === null ? "Success" : "Error";
    event.details = failure;
  }
}
