// Cinder's quota of a project, and what is used of it.
import type { Core } from "../core.ts";
import type { VolumeCall, VolumeRoute } from "./call.ts";
import { overQuota } from "./refusals.ts";

export const quotaRoutes: VolumeRoute[] = [
  ["GET", "/limits", ({ core, projectId }) => ({ status: 200, json: { limits: limits(core, projectId) } })],
];

/** Snapshots count as many gigabytes as their volumes. */
export function volumeUsage(core: Core, projectId: string): { volumes: number; snapshots: number; gibibytes: number } {
  const volumes = Object.values(core.state.volumes).filter((one) => one.projectId === projectId);
  const snapshots = Object.values(core.state.volumeSnapshots).filter((one) => one.projectId === projectId);
  const gibibytes = [...volumes, ...snapshots].reduce((sum, { sizeGib }) => sum + sizeGib, 0);
  return { volumes: volumes.length, snapshots: snapshots.length, gibibytes };
}

/** 413 for one more than the project may have (measured on Zed, the one for volumes in number: cinder/exception.py). */
export function checkQuota({ core, projectId }: VolumeCall, kind: "volumes" | "snapshots", sizeGib: number): void {
  const used = volumeUsage(core, projectId);
  const { volumeQuota: quota } = core.state;
  if (used.gibibytes + sizeGib > quota.gibibytes) {
    throw overQuota(
      `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${sizeGib}G, quota is ${quota.gibibytes}G and ${used.gibibytes}G has been consumed.`,
    );
  }
  if (used[kind] < quota[kind]) return;
  throw overQuota(
    kind === "volumes"
      ? `VolumeLimitExceeded: Maximum number of volumes allowed (${quota.volumes}) exceeded for quota 'volumes'.`
      : `SnapshotLimitExceeded: Maximum number of snapshots allowed (${quota.snapshots}) exceeded`,
  );
}

function limits(core: Core, projectId: string) {
  const used = volumeUsage(core, projectId);
  const { volumeQuota: quota } = core.state;
  const absolute = {
    maxTotalVolumes: quota.volumes,
    maxTotalSnapshots: quota.snapshots,
    maxTotalVolumeGigabytes: quota.gibibytes,
    maxTotalBackups: 10,
    maxTotalBackupGigabytes: 1000,
    totalVolumesUsed: used.volumes,
    totalGigabytesUsed: used.gibibytes,
    totalSnapshotsUsed: used.snapshots,
    totalBackupsUsed: 0,
    totalBackupGigabytesUsed: 0,
  };
  return { rate: [], absolute };
}
