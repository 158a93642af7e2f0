// Giving the server back to its owner: unlocked, and running if it ran; the same on every road, good or bad.
import { type Cloud, OpenStackFault, type Server } from "../openstack/index.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { type Problem, problem } from "../requests/problem.ts";
import type { Ledger } from "./ledger.ts";
import { lookAgain, type Wait, wait } from "./outcome.ts";
import { isLockedByUs, sourceServer } from "./source-server.ts";

export type GivenBack =
  | { readonly kind: "given" }
  | { readonly kind: "gone" }
  | { readonly kind: "wait"; readonly wait: Wait }
  | { readonly kind: "cannot"; readonly problem: Problem };

/** One look, at most one action. Strikes the ledger's `lock` and `stop` as they are seen to be undone. */
export async function giveBack(
  cloud: Cloud,
  { server: asked, waiting: waited }: Pick<ImageRequest, "server" | "waiting">,
  ledger: Ledger,
): Promise<GivenBack> {
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

  if (isLockedByUs(server, lock)) {
    await cloud.compute.unlockServer(server.id);
    return waiting(lookAgain("the server was asked to be unlocked")); // struck only when it is seen so
  }
  // A lock of somebody else's is not ours to take away.
  if (lock) ledger.strike(lock);
  return await start(cloud, server, ledger);
}

const goneEvidence = "the server is gone";

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
