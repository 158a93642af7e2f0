// What each step that has fallen due does to its server.
import type { Core } from "../core.ts";
import { boot } from "../guest/boot.ts";
import { failSnapshot, finishSnapshot, startSaving } from "../image/from-snapshot.ts";
import type { ImageRecord } from "../image/records.ts";
import type { ServerDue } from "../transitions.ts";
import { startDeleting } from "../volume/volumes.ts";
import { finish } from "./operations.ts";
import { power, type ServerRecord, type VmState } from "./records.ts";

/** Performs one step as of the time it was due. */
export function steps(core: Core, server: ServerRecord, { at, step, operation }: ServerDue): void {
  const withImage = (imageId: string, then: (image: ImageRecord) => void) =>
    whileImageExists(core, server, at, imageId, then);
  switch (step.do) {
    case "task":
      task(server, at, step.taskState);
      break;
    case "scheduled":
      server.hostId = hostId;
      task(server, at, "spawning");
      break;
    case "booted":
      booted(core, server, at);
      break;
    case "settled":
      settled(core, server, at, step);
      break;
    case "snapshotTask":
      withImage(step.imageId, () => (step.taskState === null ? finish(server, at) : task(server, at, step.taskState)));
      break;
    case "snapshotSaving":
      withImage(step.imageId, (image) => startSaving(core, image, at));
      break;
    case "snapshotActive":
      withImage(step.imageId, (image) => finishSnapshot(core, server, image, at));
      break;
    case "snapshotFailed":
      withImage(step.imageId, (image) => finish(server, at, failSnapshot(core, server, image)));
      break;
    case "shelved":
      server.vmState = "shelved";
      server.powerState = power.shutdown;
      task(server, at, "shelving_offloading");
      break;
    case "unshelved":
      unshelved(core, server, at);
      break;
    case "softDeleted":
      finish(server, at);
      server.vmState = "soft-delete";
      server.powerState = power.shutdown;
      // What reclaims it is still due, unless something else is done to it.
      server.operation = operation;
      break;
    case "deleted":
      deleted(core, server, at);
      break;
  }
}

/** Takes the server out of sight; what was done to it can still be asked for. */
export function deleted(core: Core, server: ServerRecord, at: number): void {
  finish(server, at);
  server.vmState = "deleted";
  server.powerState = power.none;
  server.deletedAt = at;
  const { attachments } = server;
  server.attachments = [];
  for (const { deleteOnTermination, volumeId } of attachments) {
    const volume = deleteOnTermination ? core.state.volumes[volumeId] : undefined;
    if (volume) startDeleting(core, volume, at);
  }
  forgetOldest(core);
}

/** One host, named as Nova names hosts to those who may not know them. */
export const hostId = "955890683ed783713c5d3ee86cfbb6a945ab3dc47ee3d16ddd7fe61d";

const rememberedDeletions = 200;

/** The hypervisor finds out only now whether the disk is large enough, so the server is accepted first and in ERROR later (measured on Zed). */
function booted(core: Core, server: ServerRecord, at: number): void {
  const needed = server.imageId === null ? 0 : (core.state.images[server.imageId]?.virtualSizeBytes ?? 0);
  const available = server.flavor.diskGib * 2 ** 30;
  if (available === 0 || needed <= available) {
    settled(core, server, at, { vmState: "active", powerState: power.running, launched: true });
    return;
  }
  const message = `Build of instance ${server.id} aborted: Flavor's disk is too small for requested image. Flavor disk is ${available} bytes, image is ${needed} bytes.`;
  server.fault = { code: 500, message, at, details: `nova.exception.FlavorDiskSmallerThanImage: ${message}` };
  server.vmState = "error";
  server.powerState = power.none;
  server.hostId = "";
  // Measured: the event of a build that was aborted says Success all the same.
  finish(server, at);
}

function task(server: ServerRecord, at: number, taskState: string | null): void {
  server.taskState = taskState;
  server.updatedAt = at;
}

function settled(
  core: Core,
  server: ServerRecord,
  at: number,
  to: { vmState: string; powerState: number; launched?: true },
): void {
  server.vmState = to.vmState as VmState;
  server.powerState = to.powerState;
  if (to.vmState === "shelved_offloaded") server.hostId = "";
  if (to.launched) {
    server.launchedAt = at;
    server.hostId = hostId;
    boot(core, server, at);
  }
  finish(server, at);
}

/** An image that was deleted while it was being taken ends the snapshot: the task state goes, and the event says Success (measured on Zed). */
function whileImageExists(
  core: Core,
  server: ServerRecord,
  at: number,
  imageId: string,
  then: (image: ImageRecord) => void,
): void {
  const image = core.state.images[imageId];
  if (image) then(image);
  else finish(server, at);
}

/** The image of a shelved server is its only disk: without it the server is lost (nova/conductor/manager.py, unshelve_instance). */
function unshelved(core: Core, server: ServerRecord, at: number): void {
  const imageId = server.shelvedImageId;
  if (imageId !== null && !core.state.images[imageId]) {
    const message = `Error during unshelve instance ${server.id}: Unshelve attempted but the image ${imageId} cannot be found.`;
    server.fault = { code: 500, message, at, details: message };
    server.vmState = "error";
    finish(server, at, message);
    return;
  }
  if (imageId !== null) delete core.state.images[imageId];
  server.shelvedImageId = null;
  settled(core, server, at, { vmState: "active", powerState: power.running, launched: true });
}

function forgetOldest(core: Core): void {
  const gone = Object.values(core.state.servers).filter(({ deletedAt }) => deletedAt !== null);
  gone.sort((a, b) => (a.deletedAt ?? 0) - (b.deletedAt ?? 0));
  const tooMany = Math.max(0, gone.length - rememberedDeletions);
  for (const { id } of gone.slice(0, tooMany)) delete core.state.servers[id];
}
