// The volumes that a server is booted with: named in the call, or by the image of a server that was booted from volumes itself.
import { isObject, own, parseJson } from "../bodies.ts";
import type { ImageRecord } from "../image/records.ts";
import { imageMetadataOf, propertiesIn } from "../volume/image-metadata.ts";
import type { VolumeRecord } from "../volume/records.ts";
import { newVolume } from "../volume/volumes.ts";
import { bootableImage } from "./bootable-image.ts";
import type { ComputeCall } from "./call.ts";
import type { FlavorRecord, ServerRecord } from "./records.ts";
import { refuse } from "./refusals.ts";

/** Where the bytes of one volume come from: checked, nothing made yet. */
export type PlannedVolume = {
  device: string;
  deleteOnTermination: boolean;
  /** The volume itself, once the server is accepted. */
  make(): VolumeRecord;
};

/**
 * The first is the root. Empty: the server is booted from an image onto a disk of its host. A snapshot of another project's is 400, also where an image that everybody may
 * boot names it (measured on Zed).
 */
export function plannedVolumes(call: ComputeCall, wanted: Record<string, unknown>): PlannedVolume[] {
  const given = wanted.block_device_mapping_v2;
  if (Array.isArray(given)) {
    const mappings = given.filter(isObject).filter(({ destination_type: to }) => to !== "local");
    const root = mappings.find(({ boot_index: index }) => String(index) === "0");
    return root ? [root, ...mappings.filter((one) => one !== root)].map((one, index) => planned(call, one, index)) : [];
  }
  const image = own(call.core.state.images, String(wanted.imageRef));
  return image?.properties.bdm_v2 === "True" ? mappingsOf(image).map((one, index) => planned(call, one, index)) : [];
}

export function attachAll({ core }: ComputeCall, server: ServerRecord, plans: PlannedVolume[]): void {
  for (const { device, deleteOnTermination, make } of plans) {
    const volume = make();
    const ids = { attachmentId: core.newUuid(), bdmUuid: core.newUuid() };
    server.attachments.push({ volumeId: volume.id, ...ids, device, tag: null, deleteOnTermination });
    if (device === rootDevice) {
      server.guest.diskBytes = volume.usedBytes;
      Object.assign(server.systemMetadata, propertiesIn(volume.imageMetadata));
    }
  }
}

/** The root of a server that is booted from a volume has the volume's size, whatever the flavor says. */
export const hasDiskOfItsOwn = (plans: PlannedVolume[], flavor: FlavorRecord): boolean =>
  plans.length === 0 && flavor.diskGib > 0;

const rootDevice = "/dev/vda";

function mappingsOf(image: ImageRecord): Record<string, unknown>[] {
  const listed = parseJson(Buffer.from(image.properties.block_device_mapping ?? "[]"));
  return Array.isArray(listed) ? listed.filter(isObject) : [];
}

function planned(call: ComputeCall, mapping: Record<string, unknown>, index: number): PlannedVolume {
  const device = index === 0 ? rootDevice : `/dev/vd${String.fromCharCode("a".charCodeAt(0) + index)}`;
  const deleteOnTermination = mapping.delete_on_termination === true;
  return { device, deleteOnTermination, make: source(call, mapping) };
}

function source(call: ComputeCall, mapping: Record<string, unknown>): () => VolumeRecord {
  const { core, projectId } = call;
  const look = { name: "", description: "", metadata: {}, projectId, userId: call.caller.user.id };
  const kind = mapping.source_type;
  const id = String(mapping.uuid ?? mapping.snapshot_id ?? mapping.volume_id);
  if (kind === "volume") {
    const volume = own(core.state.volumes, id);
    if (volume?.projectId !== projectId) throw unobtainable("volume", id);
    return () => volume;
  }
  if (kind === "snapshot") {
    const snapshot = own(core.state.volumeSnapshots, id);
    if (snapshot?.projectId !== projectId)
      throw mapping.uuid === undefined
        ? unobtainable("snapshot", id)
        : refuse(400, `Snapshot ${id} could not be found.`);
    const { imageMetadata, usedBytes } = snapshot;
    const sizeGib = Number(mapping.volume_size ?? snapshot.sizeGib);
    return () => newVolume(core, { ...look, sizeGib, snapshotId: id, imageMetadata, usedBytes });
  }
  if (kind === "image") {
    const image = bootableImage(call, id, `Block Device Mapping is Invalid: failed to get image ${id}.`);
    const sizeGib = Number(mapping.volume_size);
    if (!(sizeGib > 0))
      throw refuse(400, "Images with destination_type 'volume' need to have a non-zero size specified");
    const imageMetadata = imageMetadataOf(image);
    const usedBytes = image.disk?.usedBytes ?? 0;
    return () => newVolume(core, { ...look, sizeGib, snapshotId: null, imageMetadata, usedBytes });
  }
  throw refuse(400, `Block Device Mapping is Invalid: source_type ${String(kind)} is not simulated.`);
}

const unobtainable = (what: string, id: string) =>
  refuse(400, `Block Device Mapping is Invalid: failed to get ${what} ${id}.`);
