// A private snapshot of the server, ours beyond doubt, is active.

import { done, refuse, wait } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { explainLostSnapshot, findSnapshot, snapshotName, snapshotProperties } from "../../lib/workflow/snapshot.ts";
import { isLockedByUs, serverGone, serverTaken, sourceServer } from "../../lib/workflow/source-server.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const capture = defineStep("capture", async ({ request, cloud, ledger }) => {
  // The server is read before the image: Nova ends its task only after the image is active, never before.
  const server = await sourceServer(cloud, request.server.id);
  const snapshot = await ledger.adopt("snapshot", (entry) => findSnapshot(cloud, request.projectId, entry));
  if (snapshot?.status === "active") {
    const sizeBytes = snapshot.sizeBytes ?? 0;
    return done(
      { snapshotId: snapshot.id, sizeBytes },
      `the snapshot is active, ${Math.ceil(sizeBytes / 2 ** 20)} MiB`,
    );
  }
  if (!server) return refuse(serverGone(request.server.name));

  const entry = ledger.find("snapshot");
  if (snapshot && server.taskState === null && request.waiting?.evidence === idle(snapshot.status)) {
    return refuse(
      await explainLostSnapshot(
        cloud,
        server,
        entry,
        `Nova stopped working at it while Glance says ${snapshot.status}`,
      ),
    );
  }
  if (snapshot) {
    const evidence = server.taskState
      ? `${snapshot.status} ${server.taskState} ${snapshot.sizeBytes}`
      : idle(snapshot.status);
    return wait(`Glance says ${snapshot.status}, Nova says ${server.taskState ?? "idle"}`, { evidence });
  }
  if (entry?.thingId) return refuse(await explainLostSnapshot(cloud, server, entry, "Glance has it no more"));

  if (server.taskState) return wait(`the server is busy: ${server.taskState}`);
  if (!isLockedByUs(server, ledger.find("lock")))
    return refuse(serverTaken(request.server.name, "somebody unlocked it"));
  if (request.asked.consistency === "stop" && server.status !== "SHUTOFF") {
    return refuse(serverTaken(request.server.name, `somebody started it (it is ${server.status})`));
  }
  return ledger.create("snapshot", server.id, async (mark) => {
    const begun = await cloud.compute.createImage(server.id, {
      name: snapshotName(mark),
      metadata: snapshotProperties(mark),
    });
    return { id: begun.imageId, requestId: begun.requestId };
  });
});

export const handler = serveStep(capture);

/** Seen twice, it means that nobody will finish the image: a restart of nova-compute forgets the task and leaves the image. */
function idle(imageStatus: string): string {
  return `idle ${imageStatus}`;
}
