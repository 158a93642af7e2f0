// What happens to volumes, their snapshots and the images made of them by itself.
import type { Core } from "../core.ts";
import { finishUpload } from "./upload-image.ts";

export type StorageStep =
  | { do: "volumeAvailable" | "volumeGone"; volumeId: string }
  | { do: "volumeSnapshotAvailable" | "volumeSnapshotGone"; snapshotId: string }
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
  const image = "imageId" in step ? images[step.imageId] : undefined;
  if (step.do === "volumeGone") delete volumes[step.volumeId];
  else if (step.do === "uploadSaving") {
    if (image) Object.assign(image, { status: "saving", updatedAt: at });
  } else {
    if (image) finishUpload(volume, image, at);
    Object.assign(volume, { status: "available", updatedAt: at });
  }
}
