// A private snapshot of the server, ours beyond doubt, is active.

import { imageInTheMaking, takeImage } from "../../lib/workflow/image-in-the-making.ts";
import { done, refuse, wait } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { isLockedByUs, serverGone, serverTaken, sourceServer } from "../../lib/workflow/source-server.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const capture = defineStep("capture", async (at) => {
  const { request, cloud, ledger } = at;
  const server = await sourceServer(cloud, request.server.id);
  const snapshot = await imageInTheMaking(at, "snapshot", server);
  if (snapshot.kind === "active") {
    const sizeBytes = snapshot.image.sizeBytes ?? 0;
    return done(
      { snapshotId: snapshot.image.id, sizeBytes },
      `the snapshot is active, ${Math.ceil(sizeBytes / 2 ** 20)} MiB`,
    );
  }
  if (!server) return refuse(serverGone(request.server.name));
  if (snapshot.kind === "answer") return snapshot.answer;

  if (server.taskState) return wait(`the server is busy: ${server.taskState}`);
  if (!isLockedByUs(server, ledger.find("lock")))
    return refuse(serverTaken(request.server.name, "somebody unlocked it"));
  if (request.asked.consistency === "stop" && server.status !== "SHUTOFF") {
    return refuse(serverTaken(request.server.name, `somebody started it (it is ${server.status})`));
  }
  return await takeImage(at, "snapshot", server);
});

export const handler = serveStep(capture);
