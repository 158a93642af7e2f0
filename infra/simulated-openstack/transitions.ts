// What happens by itself: each thing is stored with the time it is due and happens when the cloud is next looked at, in the order of those times.
import { steps } from "./compute/steps.ts";
import type { Core } from "./core.ts";
import { finishScript } from "./guest/boot.ts";
import type { GuestDue } from "./guest/records.ts";
import { performStorageStep, type StorageStep } from "./volume/storage-steps.ts";

export type Due = ServerDue | StorageDue | GuestDue;

export type StorageDue = { at: number; sequence: number; storage: StorageStep };

/** The next thing that one operation on a server does. */
export type ServerDue = {
  at: number;
  sequence: number;
  serverId: string;
  /** The request id of the operation. Where the server has meanwhile been given another (deleted, its compute service restarted), nothing happens. */
  operation: string;
  step: Step;
};

export type Step =
  | { do: "task"; taskState: string | null }
  | { do: "scheduled" }
  | { do: "booted" }
  | { do: "settled"; vmState: string; powerState: number; launched?: true }
  | { do: "snapshotSaving" | "snapshotActive" | "snapshotFailed"; imageId: string }
  | { do: "snapshotTask"; imageId: string; taskState: string | null }
  | { do: "shelved" | "unshelved" | "softDeleted" | "deleted" };

const maxStepsAtOnce = 100_000;

/** Lets everything happen that is due by now; says whether anything did. */
export function settle(core: Core): boolean {
  const nowMs = core.now();
  let happened = 0;
  for (let next = earliest(core.state.due); next && next.at <= nowMs; next = earliest(core.state.due)) {
    if (++happened > maxStepsAtOnce) throw new Error("the simulated cloud schedules without end");
    core.state.due.splice(core.state.due.indexOf(next), 1);
    if ("storage" in next) {
      performStorageStep(core, next.at, next.storage);
      continue;
    }
    if ("guest" in next) {
      finishScript(core, next.at, next.guest);
      continue;
    }
    const server = core.state.servers[next.serverId];
    if (server?.operation === next.operation) steps(core, server, next);
  }
  return happened > 0;
}

function earliest(due: Due[]): Due | undefined {
  let first: Due | undefined;
  for (const one of due) {
    if (!first || one.at < first.at || (one.at === first.at && one.sequence < first.sequence)) first = one;
  }
  return first;
}
