// What happens to volumes, their snapshots and the images made of them by itself.
import { closeEvents } from "../compute/operations.ts";
import type { Core } from "../core.ts";
import { finishUpload } from "./upload-image.ts";
import { holderOf } from "./views.ts";

export type StorageStep =
  | { do: "volumeAvailable" | "volumeGone"; volumeId: string }
  | { do: "volumeSnapshotAvailable" | "volumeSnapshotGone"; snapshotId: string }
  | {
      do: "attaching" | "attached" | "detached" | "notDetached";
      volumeId: string;
      attachmentId: string;
      requestId: string;
    }
  | { do: "uploadSaving" | "uploadActive"; volumeId: string; imageId: string };

/** Performs one step as of the time it was due; nothing where the thing is gone by then. */
export function performStorageStep(core: Core, at: number, step: StorageStep): void {
  const { images, volumes, volumeSnapshots } = core.state;
  if ("snapshotId" in step) {
    const snapshot = volumeSnapshots[step.snapshotId];
    if (step.do === "volumeSnapshotGone") delete volumeSnapshots[step.snapshotId];
    else if (snapshot) Object.assign(snapshot, { status: "available", updatedAt: at });
    return;
  }
  const volume = volumes[step.volumeId];
  if (!volume) return;
  if ("attachmentId" in step) {
    attachmentStep(core, at, step);
    return;
  }
  const image = "imageId" in step ? images[step.imageId] : undefined;
  if (step.do === "volumeGone") delete volumes[step.volumeId];
  else if (step.do === "uploadSaving") {
    if (image) Object.assign(image, { status: "saving", updatedAt: at });
  } else {
    if (image) finishUpload(volume, image, at);
    Object.assign(volume, { status: "available", updatedAt: at });
  }
}

/** Nova holds the list of who has what; the server may be gone by now. */
function attachmentStep(core: Core, at: number, step: Extract<StorageStep, { attachmentId: string }>): void {
  const held = holderOf(core, step.volumeId);
  if (held?.attachment.attachmentId !== step.attachmentId) return;
  const { attachment, server } = held;
  if (step.do === "attaching") attachment.phase = "attaching";
  else if (step.do !== "detached") delete attachment.phase;
  else server.attachments = server.attachments.filter((one) => one !== attachment);
  const volume = core.state.volumes[step.volumeId];
  if (volume) volume.updatedAt = at;
  const action = server.actions.find(({ requestId }) => requestId === step.requestId);
  const failure = step.do === "notDetached" ? "Device detach failed" : null;
  if (action && step.do !== "attaching") closeEvents(action, at, failure);
}
