// What turns a server on and off, or halts it for a while: one table.
import type { Answer } from "../http.ts";
import type { Timing } from "../timing.ts";
import type { Step } from "../transitions.ts";
import { type ComputeCall, operationOf } from "./call.ts";
import { checkHost, checkLock, checkState } from "./checks.ts";
import { begin } from "./operations.ts";
import { power, type ServerRecord, type VmState } from "./records.ts";

type Change = {
  /** Nova's name for it in conflicts. */
  method: string;
  action: string;
  event: string;
  from: VmState[];
  needsHost?: true;
  taskState: string;
  via?: string;
  takesMs(timing: Timing, server: ServerRecord): number;
  to: Step & { do: "settled" };
};

const running: Step & { do: "settled" } = { do: "settled", vmState: "active", powerState: power.running };
const started: Step & { do: "settled" } = { ...running, launched: true };

const changes = {
  stop: {
    method: "stop",
    action: "stop",
    event: "compute_stop_instance",
    from: ["active", "error"],
    needsHost: true,
    taskState: "powering-off",
    takesMs: stopMs,
    to: { do: "settled", vmState: "stopped", powerState: power.shutdown },
  },
  start: {
    method: "start",
    action: "start",
    event: "compute_start_instance",
    from: ["stopped"],
    needsHost: true,
    taskState: "powering-on",
    takesMs: ({ startMs }) => startMs,
    to: started,
  },
  pause: {
    method: "pause",
    action: "pause",
    event: "compute_pause_instance",
    from: ["active"],
    taskState: "pausing",
    takesMs: ({ pauseMs }) => pauseMs,
    to: { do: "settled", vmState: "paused", powerState: power.paused },
  },
  unpause: {
    method: "unpause",
    action: "unpause",
    event: "compute_unpause_instance",
    from: ["paused"],
    taskState: "unpausing",
    takesMs: ({ pauseMs }) => pauseMs,
    to: running,
  },
  suspend: {
    method: "suspend",
    action: "suspend",
    event: "compute_suspend_instance",
    from: ["active"],
    taskState: "suspending",
    takesMs: ({ suspendMs }) => suspendMs,
    to: { do: "settled", vmState: "suspended", powerState: power.shutdown },
  },
  resume: {
    method: "resume",
    action: "resume",
    event: "compute_resume_instance",
    from: ["suspended"],
    taskState: "resuming",
    takesMs: ({ resumeMs }) => resumeMs,
    to: running,
  },
  softReboot: {
    method: "reboot",
    action: "reboot",
    event: "compute_reboot_instance",
    from: ["active"],
    taskState: "rebooting",
    via: "reboot_started",
    takesMs: (timing, { guest }) => (guest.obeysAcpi ? timing.softRebootMs : timing.softRebootTimeoutMs),
    to: started,
  },
  hardReboot: {
    method: "reboot",
    action: "reboot",
    event: "compute_reboot_instance",
    from: ["active", "stopped", "paused", "suspended", "error"],
    taskState: "rebooting_hard",
    via: "reboot_started_hard",
    takesMs: ({ hardRebootMs }) => hardRebootMs,
    to: started,
  },
} satisfies Record<string, Change>;

/** The action of that name: 202, and the change some time later. */
export function changePower(name: keyof typeof changes): (call: ComputeCall, server: ServerRecord) => Answer {
  const change: Change = changes[name];
  return (call, server) => {
    checkLock(call, server);
    if (change.needsHost) checkHost(server);
    checkState(server, change.method, change.from);
    const takesMs = change.takesMs(call.core.timing, server);
    const via: Step[] = change.via === undefined ? [] : [{ do: "task", taskState: change.via }];
    begin(call.core, server, operationOf(call, change.action, change.event), change.taskState, [
      ...via.map((step) => ({ afterMs: takesMs * 0.05, step })),
      { afterMs: takesMs, step: change.to },
    ]);
    return { status: 202 };
  };
}

/** 5 s with a guest that obeys ACPI; 22 s with one that does not: Nova waits, then pulls the plug (measured on Zed). */
export function stopMs(timing: Timing, server: ServerRecord): number {
  return server.guest.obeysAcpi ? timing.acpiStopMs : timing.hardStopMs;
}
