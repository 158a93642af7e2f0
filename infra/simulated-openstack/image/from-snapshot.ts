// The images that Nova makes of servers: what stands on them at first, while saving, and once active.
import type { ServerRecord } from "../compute/records.ts";
import type { Core } from "../core.ts";
import { treeBytes } from "../guest/disk-bytes.ts";
import { snapshotDisk } from "../guest/trees.ts";
import { newSnapshot } from "../volume/snapshots.ts";
import { putHashes, sizeWith } from "./bytes.ts";
import { type ImageRecord, newImage } from "./records.ts";

export type Snapshotter = { userId: string; projectId: string };

/**
 * The queued image of a snapshot. Measured on Zed: every property of the base image, custom ones too, who booted the server, libvirt's defaults, the lock's reason,
 * then what the call's metadata says, which wins. `min_disk` is the flavor's disk. `image_location`, `image_state` and `owner_id` come only with the bytes.
 */
export function queueSnapshot(
  core: Core,
  server: ServerRecord,
  snapshotter: Snapshotter,
  name: string,
  metadata: Record<string, string>,
): ImageRecord {
  const image = snapshotRecord(core, server, snapshotter, name, {
    ...inherited(server),
    ...(server.lockedReason === null ? {} : { locked_reason: server.lockedReason }),
    instance_uuid: server.id,
    user_id: snapshotter.userId,
    image_type: "snapshot",
    ...metadata,
  });
  core.state.images[image.id] = image;
  return image;
}

/**
 * Measured on Zed: a server booted from a volume gives an image that is active at once, empty, and names snapshots of its volumes,
 * which are Cinder's, still being made, and stay when the image is deleted; it does not say which server it is of.
 */
export function volumeBackedSnapshot(
  core: Core,
  server: ServerRecord,
  snapshotter: Snapshotter,
  name: string,
  metadata: Record<string, string>,
): ImageRecord {
  const snapshotIdOf = (volumeId: string): string => {
    const volume = core.state.volumes[volumeId];
    if (!volume) return core.newUuid();
    const look = { name: `snapshot for ${name}`, description: "", metadata: {}, userId: snapshotter.userId };
    return newSnapshot(core, volume, look).id;
  };
  const mapping = server.attachments.map((attachment, index) => ({
    volume_id: null,
    no_device: null,
    volume_type: null,
    tag: null,
    device_type: index === 0 ? "disk" : null,
    volume_size: core.state.volumes[attachment.volumeId]?.sizeGib ?? 1,
    boot_index: index === 0 ? 0 : null,
    snapshot_id: snapshotIdOf(attachment.volumeId),
    encryption_secret_uuid: null,
    source_type: "snapshot",
    device_name: attachment.device,
    disk_bus: index === 0 ? "virtio" : null,
    encryption_options: null,
    encryption_format: null,
    guest_format: null,
    encrypted: null,
    image_id: null,
    destination_type: "volume",
    delete_on_termination: attachment.deleteOnTermination,
  }));
  const image = snapshotRecord(core, server, snapshotter, name, {
    ...inherited(server),
    base_image_ref: "",
    ...metadata,
    root_device_name: "/dev/vda",
    block_device_mapping: JSON.stringify(mapping),
    bdm_v2: "True",
  });
  image.diskFormat = "qcow2";
  image.containerFormat = "bare";
  image.sizeBytes = 0;
  putHashes(image);
  image.status = "active";
  core.state.images[image.id] = image;
  return image;
}

export function startSaving(core: Core, image: ImageRecord, atMs: number): void {
  image.diskFormat = core.state.imageStore === "rbd" ? "raw" : "qcow2";
  image.containerFormat = "bare";
  image.properties = {
    ...image.properties,
    image_location: "snapshot",
    image_state: "available",
    owner_id: image.owner,
  };
  image.status = "saving";
  image.updatedAt = atMs;
}

/** A snapshot in Ceph is the whole disk, and nobody has read it: there are no hashes (nova/virt/libvirt/imagebackend.py, direct_snapshot). */
export function finishSnapshot(core: Core, server: ServerRecord, image: ImageRecord, atMs: number): void {
  const diskBytes = server.flavor.diskGib * 2 ** 30;
  image.virtualSizeBytes = diskBytes;
  image.disk = { usedBytes: server.guest.diskBytes, obeysAcpi: server.guest.obeysAcpi };
  snapshotDisk(core, server, image);
  if (core.state.imageStore === "rbd") image.sizeBytes = diskBytes;
  else {
    const tree = treeBytes(core.guests.disks, image.id);
    image.sizeBytes = Math.max(server.guest.diskBytes, tree === undefined ? 0 : sizeWith(tree));
    putHashes(image, tree);
  }
  image.status = "active";
  image.updatedAt = atMs;
}

/** Nova deletes the image when the hypervisor fails (nova/compute/manager.py, delete_image_on_error). Returns the reason; the next snapshot succeeds. */
export function failSnapshot(core: Core, server: ServerRecord, image: ImageRecord): string {
  const reason = server.guest.snapshotFailure ?? "snapshot failed";
  server.guest.snapshotFailure = null;
  delete core.state.images[image.id];
  return reason;
}

/** Nova never hands these on (nova/utils.py, SM_SKIP_KEYS and non_inheritable_image_properties), nor a value longer than its table takes. */
function inherited(server: ServerRecord): Record<string, string> {
  const never = /^(cinder_encryption_key_|img_signature|os_glance|cache_in_nova$|bittorrent$)/;
  return Object.fromEntries(
    Object.entries(server.systemMetadata).filter(([name, value]) => !never.test(name) && value.length <= 255),
  );
}

function snapshotRecord(
  core: Core,
  server: ServerRecord,
  snapshotter: Snapshotter,
  name: string,
  properties: Record<string, string>,
): ImageRecord {
  const { flavor } = server;
  return newImage(core, {
    name,
    owner: snapshotter.projectId,
    visibility: "private",
    minDiskGib: flavor.diskGib,
    properties,
  });
}
