// Giving the server back to its owner: unlocked, and running if it ran; the same on every road, good or bad.
import { type Cloud, OpenStackFault, type Server } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import type { LockEntry, StopEntry } from "../requests/ledger-entry.ts";
import { type Problem, problem } from "../requests/problem.ts";
import type { Ledger } from "./ledger.ts";
import { lookAgain, type Wait, wait } from "./outcome.ts";
import { isLastLockOurs, isLockedByUs, ourWords, sourceServer } from "./source-server.ts";

export type GivenBack =
  | { readonly kind: "given" }
  | { readonly kind: "gone" }
  | { readonly kind: "wait"; readonly wait: Wait }
  | { readonly kind: "cannot"; readonly problem: Problem };

/** One look, at most one action. Strikes the ledger's `lock` and `stop` as they are seen to be undone. `asStaff`: Nova lets the cloud's credential take away others' locks, too. */
export async function giveBack(
  cloud: Cloud,
  request: Pick<ImageRequest, "server" | "waiting" | "requester">,
  ledger: Ledger,
  { asStaff = false } = {},
): Promise<GivenBack> {
  const { server: asked, waiting: waited } = request;
  const lock = ledger.find("lock");
  const stop = ledger.find("stop");
  if (!lock && !stop) return { kind: "given" };
  const server = await sourceServer(cloud, asked.id);
  // For one 404 nobody's server is left stopped and locked.
  if (!server && waited?.evidence !== goneEvidence) {
    return waiting(wait("Nova has no such server any more; looking once more", { evidence: goneEvidence }));
  }
  if (!server) {
    for (const entry of [lock, stop]) if (entry) ledger.strike(entry);
    return { kind: "gone" };
  }

  if (lock && isLockedByUs(server, lock) && (!asStaff || (await isLastLockOurs(cloud, request, lock)))) {
    await cloud.compute.unlockServer(server.id);
    return waiting(lookAgain("the server was asked to be unlocked")); // struck only when it is seen so
  }
  // A lock of somebody else's is not ours to take away.
  const lockedLater = lock && !server.locked ? ledger.quietForMs(lock) : 0;
  if (lock && lockedLater === 0) ledger.strike(lock);
  const started = await start(cloud, server, ledger);
  return lock && lockedLater > 0 && started.kind === "given" ? waiting(underWay(lock, lockedLater)) : started;
}

/** A call of which nothing was heard may still land, and the server must not stay as that leaves it. */
function underWay({ kind, mark }: StopEntry | LockEntry, forMs: number): Wait {
  return wait(`a call to ${kind} the server may still be under way`, {
    evidence: `quiet ${mark}`,
    againInMs: Math.min(forMs, quietPaceMs),
  });
}

const quietPaceMs = 30_000;

const goneEvidence = "the server is gone";

async function start(cloud: Cloud, server: Server, ledger: Ledger): Promise<GivenBack> {
  const stop = ledger.find("stop");
  if (!stop) return { kind: "given" };
  if (server.taskState) return waiting(wait(`the server is busy: ${server.taskState}`));
  if (server.status !== "SHUTOFF") {
    const stoppedLater = ledger.quietForMs(stop);
    if (stoppedLater > 0) return waiting(underWay(stop, stoppedLater));
    // It runs; or it is in a state that only its owner, or a failure, can have brought it to.
    ledger.strike(stop);
    return { kind: "given" };
  }
  if (server.locked) return { kind: "cannot", problem: lockedByOthers(server) };
  try {
    await cloud.compute.startServer(server.id);
  } catch (error) {
    if (error instanceof OpenStackFault && error.kind === "conflict")
      return waiting(wait(`Nova is not ready to start it: ${error.detail}`));
    throw error;
  }
  return waiting(wait("the server was asked to start"));
}

function waiting(answer: Wait): GivenBack {
  return { kind: "wait", wait: answer };
}

function lockedByOthers(server: Server): Problem {
  // Ours stays on the lock of an administrator who gave none.
  const theirs = server.lockedReason?.startsWith(ourWords) ? null : server.lockedReason;
  const reason = theirs ? ` (${theirs})` : "";
  return problem(
    "server-not-started",
    "The server could not be started again",
    `${server.name} was stopped for its image and somebody else locked it meanwhile${reason}, so it could not be started again.`,
    { remedy: "Have it unlocked, then start it." },
  );
}
