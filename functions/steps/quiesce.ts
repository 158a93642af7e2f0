// The server is as the snapshot needs it: stopped (or running, if asked live), locked with a reason that its owner can read.
import type { Obstacle } from "../../lib/requests/obstacle.ts";
import { serverObstacles } from "../../lib/requests/obstacles.ts";
import { problem } from "../../lib/requests/problem.ts";
import { done, lookAgain, refuse, wait } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { isLockedByUs, lockReason, serverGone, serverTaken, sourceServer } from "../../lib/workflow/source-server.ts";
import { defineStep } from "../../lib/workflow/step.ts";

/** How often we begin again when the server runs after all. */
const maxLocks = 3;

export const quiesce = defineStep("quiesce", async ({ request, cloud, ledger, locks }) => {
  const { server: asked } = request;
  const server = await sourceServer(cloud, asked.id);
  if (!server) return refuse(serverGone(asked.name));
  if (!(await locks.areOurs())) return refuse(serverTaken(asked.name, "another request took it"));

  const lock = ledger.find("lock");
  const stop = ledger.find("stop");
  const ready = request.asked.consistency === "live" || server.status === "SHUTOFF";
  if (server.taskState) return wait(`the server is busy: ${server.taskState}`);
  if (isLockedByUs(server, lock)) {
    if (ready)
      return done(
        { wasRunning: stop !== undefined },
        stop ? "the server is stopped and locked" : "the server is locked",
      );
    // Only its owner can have unlocked, started and locked it again; or the stop was overtaken. Give it back and begin anew.
    if (lock && ledger.count("lock") < maxLocks) {
      await cloud.compute.unlockServer(server.id);
      ledger.strike(lock);
      return lookAgain("the server runs after all: beginning again");
    }
    return refuse(serverTaken(asked.name, `it was started again ${maxLocks} times`));
  }

  // Check's rules still hold? The disk and the state may have changed while staff decided; a lock of somebody else's is new.
  const obstacles = serverObstacles(server, request.asked);
  if (obstacles.length > 0) return refuse(changedSince(asked.name, obstacles));
  if (ready) {
    const { user } = await cloud.token();
    await ledger.hold("lock", async (entry) => {
      const { reasonShown } = await cloud.compute.lockServer(server.id, lockReason(entry));
      return { reasonShown, userId: user.id };
    });
    return lookAgain("locked; looking once more");
  }
  await ledger.hold("stop", async () => {
    await cloud.compute.stopServer(server.id);
    return {};
  });
  return wait("the server was asked to stop");
});

export const handler = serveStep(quiesce);

function changedSince(name: string, obstacles: readonly Obstacle[]) {
  return problem(
    "cannot-be-imaged",
    "The server cannot be imaged any more",
    `Since it was checked, ${name} changed: ${obstacles.map(({ detail }) => detail).join(" ")}`,
    {
      remedy: obstacles.map(({ remedy }) => remedy).join(" "),
    },
  );
}
