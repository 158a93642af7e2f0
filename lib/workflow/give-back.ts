// Giving the server back to its owner: unlocked, and running if it ran; the same on every road, good or bad.
import { type Cloud, OpenStackFault, type Server } from "../openstack/index.ts";
import { type Problem, problem } from "../requests/problem.ts";
import type { Ledger } from "./ledger.ts";
import { type Wait, wait } from "./outcome.ts";
import { isLockedByUs, sourceServer } from "./source-server.ts";

export type GivenBack =
  | { readonly kind: "given" }
  | { readonly kind: "gone" }
  | { readonly kind: "wait"; readonly wait: Wait }
  | { readonly kind: "cannot"; readonly problem: Problem };

/** One look, at most one action. Strikes the ledger's `lock` and `stop` as they are undone. */
export async function giveBack(cloud: Cloud, asked: { id: string; name: string }, ledger: Ledger): Promise<GivenBack> {
  const lock = ledger.find("lock");
  const stop = ledger.find("stop");
  if (!lock && !stop) return { kind: "given" };
  const server = await sourceServer(cloud, asked.id);
  if (!server) {
    for (const entry of [lock, stop]) if (entry) ledger.strike(entry);
    return { kind: "gone" };
  }

  if (lock) {
    // A lock of somebody else's is not ours to take away.
    if (isLockedByUs(server, lock)) await cloud.compute.unlockServer(server.id);
    ledger.strike(lock);
    if (stop) return await start(cloud, { ...server, locked: server.locked && !isLockedByUs(server, lock) }, ledger);
    return { kind: "given" };
  }
  return await start(cloud, server, ledger);
}

async function start(cloud: Cloud, server: Server, ledger: Ledger): Promise<GivenBack> {
  const stop = ledger.find("stop");
  if (!stop) return { kind: "given" };
  if (server.taskState) return waiting(wait(`the server is busy: ${server.taskState}`));
  if (server.status !== "SHUTOFF") {
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
  const reason = server.lockedReason ? ` (${server.lockedReason})` : "";
  return problem(
    "server-not-started",
    "The server could not be started again",
    `${server.name} was stopped for its image and somebody else locked it meanwhile${reason}, so it could not be started again.`,
    { remedy: "Have it unlocked, then start it." },
  );
}
