// The requester's server while we hold it: is it locked by us, and what to say when it is gone.
import { type Cloud, ifThere, type Server } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { LockEntry } from "../requests/ledger-entry.ts";
import { type Problem, problem } from "../requests/problem.ts";

/** Undefined where it is gone. */
export async function sourceServer(cloud: Cloud, serverId: string): Promise<Server | undefined> {
  const server = await ifThere(cloud.compute.getServer(serverId));
  return server?.status === "DELETED" || server?.status === "SOFT_DELETED" ? undefined : server;
}

/** How our reason begins. */
export const ourWords = "Darkroom is making an image of this server";

/** What the owner reads where Nova shows it; the mark makes it ours beyond doubt. Nova takes at most 255 characters. */
export function lockReason(entry: Pick<LockEntry, "mark">): string {
  return `${ourWords} and will give it back by itself. Please do not start or delete it. [${entry.mark}]`;
}

/** Is it locked, and by this very entry? A cloud older than 2.73 shows no reasons; there the lock is ours if we noted one. */
export function isLockedByUs(server: Server, lock: LockEntry | undefined): boolean {
  if (!server.locked || !lock) return false;
  return server.lockedReason === null ? lock.reasonShown !== true : server.lockedReason.includes(lock.mark);
}

/**
 * Whoever may take away an administrator's lock must ask this, too: an administrator who locks the server anew without a reason leaves ours on it
 * (nova/compute/api.py, lock). Only Nova's record of who did what tells whose lock it is; where it says nothing, it is not ours.
 */
export async function isLastLockOurs(
  cloud: Cloud,
  { server, requester }: Pick<ImageRequest, "server" | "requester">,
  lock: LockEntry,
): Promise<boolean> {
  const actions = await cloud.compute.listInstanceActions(server.id);
  const last = actions.find(({ action }) => action === "lock");
  return last !== undefined && last.userId === (lock.userId ?? requester.userId);
}

export function serverGone(name: string): Problem {
  return problem("server-gone", "The server is gone", `The server ${name} was deleted before its image was made.`, {
    remedy: "Ask for an image of another server.",
  });
}

/** Its owner, or an administrator, did something to it while we held it. */
export function serverTaken(name: string, what: string): Problem {
  return problem(
    "server-changed",
    "The server was changed meanwhile",
    `While the image of ${name} was being made, ${what}.`,
    {
      remedy: "Leave the server alone until the image is made; ask again when it is idle.",
    },
  );
}
