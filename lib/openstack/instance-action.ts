// What Nova remembers of one request on one server: who asked for what, and how each part of it ended.
import * as z from "zod";
import { timestamp } from "./timestamp.ts";

export interface InstanceAction {
  /** `createImage`, `stop`, … */
  action: string;
  requestId: string;
  startedAt: string;
  /** Undefined on clouds older than 2.58. */
  updatedAt?: string | undefined;
  message: string | null;
  userId: string | null;
  projectId: string | null;
}

export interface InstanceActionWithEvents extends InstanceAction {
  events: InstanceActionEvent[];
}

export interface InstanceActionEvent {
  /** `compute_snapshot_instance`, … */
  event: string;
  startedAt: string;
  finishedAt: string | null;
  /** `Success`, `Error`; null while it runs. */
  result: string | null;
  /** Why it failed; null on clouds older than 2.84. */
  details: string | null;
}

/** The owner sees the events from 2.51 on, their details from 2.84 on; deleted servers' actions from 2.21 on. */
export const actionVersions = { wants: "2.84", needs: "2.51" };

const shape = z.looseObject({
  action: z.string(),
  request_id: z.string(),
  start_time: timestamp,
  updated_at: timestamp.nullish(),
  message: z.string().nullish(),
  user_id: z.string().nullish(),
  project_id: z.string().nullish(),
});

const event = z
  .looseObject({
    event: z.string(),
    start_time: timestamp,
    finish_time: timestamp.nullish(),
    result: z.string().nullish(),
    details: z.string().nullish(),
  })
  .transform(
    (json): InstanceActionEvent => ({
      event: json.event,
      startedAt: json.start_time,
      finishedAt: json.finish_time ?? null,
      result: json.result ?? null,
      details: json.details ?? null,
    }),
  );

const actionOf = (json: z.output<typeof shape>): InstanceAction => ({
  action: json.action,
  requestId: json.request_id,
  startedAt: json.start_time,
  updatedAt: json.updated_at ?? undefined,
  message: json.message ?? null,
  userId: json.user_id ?? null,
  projectId: json.project_id ?? null,
});

export const actionRecord = shape.transform(actionOf);

export const actionWithEventsRecord = shape
  .extend({ events: z.array(event) })
  .transform((json): InstanceActionWithEvents => ({ ...actionOf(json), events: json.events }));
