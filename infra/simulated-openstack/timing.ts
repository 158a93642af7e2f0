// How long things take in this cloud: measured on OpenStack Zed with libvirt under emulation, divided by the speed asked for.

export type Timing = {
  /** From the boot call to ACTIVE (3 to 6 s measured). */
  bootMs: number;
  /** From ACTIVE until cloud-init runs scripts: user-data had run 57 to 62 s after the boot call (measured). */
  guestBootMs: number;
  /** A script of ours: 13 s for the free space of a small disk alone (measured). */
  guestScriptMs: number;
  /** From the boot call to ERROR where the disk is too small. */
  bootFailureMs: number;
  /** A guest that obeys ACPI. */
  acpiStopMs: number;
  /** Nova's own time-out, then a hard stop. */
  hardStopMs: number;
  startMs: number;
  pauseMs: number;
  suspendMs: number;
  resumeMs: number;
  hardRebootMs: number;
  /** A soft reboot of a guest that obeys ACPI. */
  softRebootMs: number;
  /** A soft reboot of one that does not: 120 s of waiting, then a hard one. */
  softRebootTimeoutMs: number;
  rebuildMs: number;
  unshelveMs: number;
  deleteMs: number;
  /** What a snapshot takes whatever its size: 0.3 s for an empty disk. */
  snapshotFixedMs: number;
  /** 3.9 s for 355 MiB in all. */
  snapshotMsPerMib: number;
  attachVolumeMs: number;
  detachVolumeMs: number;
  /** Of a guest that does not let go: eight times 20 s. */
  detachTimeoutMs: number;
  /** An empty volume. */
  volumeCreateMs: number;
  /** A volume of a snapshot or an image. */
  volumeFromSourceMs: number;
  volumeDeleteMs: number;
  /** A snapshot of a volume that no server has. */
  snapshotAtRestMs: number;
  snapshotInUseMs: number;
  snapshotDeleteMs: number;
  /** os-volume_upload_image whatever the size; 10.4 s for 1 GiB in all. */
  uploadFixedMs: number;
  uploadMsPerMib: number;
  /** Keystone's [token] expiration. */
  tokenLifetimeMs: number;
  /** How long Nova and Glance trust a token that they have validated (keystonemiddleware, token_cache_time). */
  tokenCacheMs: number;
};

const measured: Timing = {
  bootMs: 4000,
  guestBootMs: 53_000,
  guestScriptMs: 15_000,
  bootFailureMs: 1400,
  acpiStopMs: 5000,
  hardStopMs: 22_000,
  startMs: 700,
  pauseMs: 120,
  suspendMs: 1600,
  resumeMs: 500,
  hardRebootMs: 2900,
  softRebootMs: 6000,
  softRebootTimeoutMs: 122_800,
  rebuildMs: 1500,
  unshelveMs: 5500,
  deleteMs: 1900,
  snapshotFixedMs: 300,
  snapshotMsPerMib: 10.14,
  attachVolumeMs: 2000,
  detachVolumeMs: 2000,
  detachTimeoutMs: 160_000,
  volumeCreateMs: 400,
  volumeFromSourceMs: 640,
  volumeDeleteMs: 120,
  snapshotAtRestMs: 370,
  snapshotInUseMs: 2000,
  snapshotDeleteMs: 500,
  uploadFixedMs: 460,
  uploadMsPerMib: 9.7,
  tokenLifetimeMs: 4 * 3_600_000,
  tokenCacheMs: 300_000,
};

/** What the cloud does takes `speed` times less; how long a token lives and is remembered stays as it is. Overrides are taken as given. */
export function timingAt(speed: number, overrides: Partial<Timing> = {}): Timing {
  if (!(speed > 0)) throw new RangeError(`speed must be above 0, not ${speed}`);
  const { tokenLifetimeMs, tokenCacheMs, ...work } = measured;
  const scaled = Object.fromEntries(Object.entries(work).map(([name, ms]) => [name, ms / speed]));
  return { ...measured, ...scaled, tokenLifetimeMs, tokenCacheMs, ...overrides };
}
