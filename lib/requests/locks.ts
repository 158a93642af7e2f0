// One live request a server, one a name of an image: items that name the request which holds them.
import { and, equals } from "../aws/condition.ts";
import type { Table } from "../aws/table.ts";
import { type ImageRequest, isEnded } from "./image-request.ts";

export type LockKey = `server#${string}` | `name#${string}`;

/** A lock whose request was never stored is free again after this long; a door's whole work takes less. */
export const unclaimedLockMs = 60_000;

export function serverLock(provider: string, serverId: string): LockKey {
  return `server#${provider}#${serverId}`;
}

/** Names are compared as people read them: in NFC and without regard to case. */
export function nameLock(provider: string, projectId: string, name: string): LockKey {
  return `name#${provider}#${projectId}#${name.normalize("NFC").toLowerCase()}`;
}

export interface Locks {
  /** Takes the lock for a request, or tells which live request holds it. Taking what one holds already is fine. */
  take(key: LockKey, requestId: string, nowMs: number): Promise<{ heldBy: string }>;
  /** The request that the lock names; it may have ended, or never have been stored. */
  holder(key: LockKey): Promise<string | undefined>;
  /** Gives the lock back; harmless where it is somebody else's. */
  free(key: LockKey, requestId: string): Promise<void>;
}

/** `findRequest` answers from the store: a lock of a request that ended, or was never stored, is taken over by compare-and-swap. */
export function openLocks(table: Table, findRequest: (id: string) => Promise<ImageRequest | undefined>): Locks {
  return {
    async take(key, requestId, nowMs) {
      if (await table.putNew({ id: key, requestId, takenAtMs: nowMs })) return { heldBy: requestId };
      const lock = await table.get(key);
      if (!lock) return this.take(key, requestId, nowMs);
      const heldBy = String(lock.requestId);
      if (heldBy === requestId) return { heldBy };
      const holder = await findRequest(heldBy);
      const free = holder ? isEnded(holder) : Number(lock.takenAtMs) + unclaimedLockMs < nowMs;
      if (!free) return { heldBy };
      const swapped = await table.update(
        key,
        { requestId, takenAtMs: nowMs },
        and(equals("requestId", heldBy), equals("takenAtMs", lock.takenAtMs)),
      );
      return swapped ? { heldBy: requestId } : this.take(key, requestId, nowMs);
    },

    async holder(key) {
      const lock = await table.get(key);
      return lock && String(lock.requestId);
    },

    async free(key, requestId) {
      await table.delete(key, equals("requestId", requestId));
    },
  };
}
