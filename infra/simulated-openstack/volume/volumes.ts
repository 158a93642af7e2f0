// Volumes: made, shown, listed, deleted.
import { own, pythonRepr, pythonStr } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer } from "../http.ts";
import { canSee } from "../image/visibility.ts";
import { bodyOf, snapshotOf, type VolumeCall, type VolumeRoute, volumeOf } from "./call.ts";
import { metadataOf, textOrNull, uuidOf, volumeName } from "./fields.ts";
import { imageMetadataOf } from "./image-metadata.ts";
import { listAnswer } from "./lists.ts";
import { checkQuota } from "./quota.ts";
import type { VolumeRecord } from "./records.ts";
import { invalidField, refuse } from "./refusals.ts";
import { statusOf, volumeSummary, volumeType, volumeView } from "./views.ts";

export const volumeRoutes: VolumeRoute[] = [
  ["GET", "/volumes", (call) => list(call, volumeSummary)],
  ["GET", "/volumes/detail", (call) => list(call, volumeView)],
  ["POST", "/volumes", createVolume],
  ["GET", "/volumes/{volumeId}", (call) => ({ status: 200, json: { volume: volumeView(call, volumeOf(call)) } })],
  ["DELETE", "/volumes/{volumeId}", deleteVolume],
];

const list = (call: VolumeCall, view: (call: VolumeCall, volume: VolumeRecord) => unknown): Answer =>
  listAnswer(call, "volumes", Object.values(call.core.state.volumes), {
    statusOf: (volume) => statusOf(call.core, volume),
    byMetadata: true,
    view: (volume) => view(call, volume),
  });

/** 202, `creating`: empty, of a snapshot, or of an image. Attributes that Cinder does not know are ignored (measured on Zed). */
function createVolume(call: VolumeCall): Answer {
  const { core, caller, projectId } = call;
  const wanted = bodyOf(call, "volume");
  const named = {
    name: volumeName(wanted.name),
    description: textOrNull("description", wanted.description),
    metadata: metadataOf(wanted.metadata),
  };
  const given = sizeOf(wanted.size);
  checkType(wanted.volume_type);
  const snapshot = idGiven(wanted.snapshot_id)
    ? snapshotOf(call, uuidOf("snapshot_id", wanted.snapshot_id))
    : undefined;
  if (snapshot && snapshot.status !== "available") {
    throw refuse(
      400,
      "Invalid snapshot: Originating snapshot status must be one of 'available' values".replace(
        "'available'",
        "available",
      ),
    );
  }
  const source = snapshot ?? imageSource(call, wanted.imageRef);
  const sizeGib = given ?? snapshot?.sizeGib;
  if (sizeGib === undefined) {
    throw refuse(
      400,
      "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    );
  }
  if (snapshot && sizeGib < snapshot.sizeGib) {
    throw refuse(
      400,
      `Invalid input received: Volume size '${sizeGib}'GB cannot be smaller than the snapshot size ${snapshot.sizeGib}GB. They must be >= original snapshot size.`,
    );
  }
  checkQuota(call, "volumes", sizeGib);
  const volume = newVolume(core, {
    ...named,
    projectId,
    userId: caller.user.id,
    sizeGib,
    snapshotId: snapshot?.id ?? null,
    imageMetadata: source?.imageMetadata ?? null,
    usedBytes: source?.usedBytes ?? 0,
  });
  return { status: 202, json: { volume: volumeView(call, volume, { created: true }) } };
}

/** Also for the volumes that Nova makes on the way; available a moment later. */
export function newVolume(
  core: Core,
  look: Omit<VolumeRecord, "id" | "status" | "createdAt" | "updatedAt" | "sequence">,
): VolumeRecord {
  const volume: VolumeRecord = {
    ...look,
    id: core.newUuid(),
    status: "creating",
    createdAt: core.now(),
    updatedAt: null,
    sequence: core.nextSequence(),
  };
  core.state.volumes[volume.id] = volume;
  const { volumeCreateMs, volumeFromSourceMs } = core.timing;
  core.scheduleStorage(look.imageMetadata === null ? volumeCreateMs : volumeFromSourceMs, {
    do: "volumeAvailable",
    volumeId: volume.id,
  });
  return volume;
}

/** 202; gone a little later. Not while it is used, is being worked on, or has snapshots: 400 (measured on Zed). */
function deleteVolume(call: VolumeCall): Answer {
  const { core } = call;
  const volume = volumeOf(call);
  const hasSnapshots = Object.values(core.state.volumeSnapshots).some(({ volumeId }) => volumeId === volume.id);
  if (!["available", "error"].includes(statusOf(core, volume)) || hasSnapshots) {
    throw refuse(
      400,
      "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.",
    );
  }
  startDeleting(core, volume, core.now());
  return { status: 202, text: "" };
}

export function startDeleting(core: Core, volume: VolumeRecord, at: number): void {
  volume.status = "deleting";
  volume.updatedAt = at;
  core.scheduleStorage(core.timing.volumeDeleteMs, { do: "volumeGone", volumeId: volume.id }, at);
}

const idGiven = (id: unknown): boolean => id !== undefined && id !== null;

/** There is one type, and the default one. */
function checkType(type: unknown): void {
  if (type === undefined || type === null || [volumeType.id, volumeType.name, "__DEFAULT__"].includes(String(type)))
    return;
  throw refuse(404, `Volume type with name ${String(type)} could not be found.`);
}

function sizeOf(size: unknown): number | undefined {
  if (size === undefined || size === null) return undefined;
  if (typeof size === "string" && !/^[0-9]+$/.test(size))
    throw invalidField("size", size, `${pythonRepr(size)} does not match '^[0-9]+$'`);
  if (typeof size !== "string" && !Number.isInteger(size))
    throw invalidField("size", pythonStr(size), `${pythonRepr(size)} is not of type 'integer', 'string', 'null'`);
  if (Number(size) < 1)
    throw invalidField("size", pythonStr(size), `${pythonRepr(size)} is less than the minimum of 1`);
  return Number(size);
}

function imageSource(
  { core, caller, projectId }: VolumeCall,
  imageRef: unknown,
): Pick<VolumeRecord, "imageMetadata" | "usedBytes"> | undefined {
  if (imageRef === undefined || imageRef === null || imageRef === "") return undefined;
  const image = own(core.state.images, String(imageRef));
  if (!image || !canSee(image, { projectId, isAdmin: caller.isAdmin }))
    throw refuse(400, "Invalid image identifier or unable to access requested image.");
  if (image.status !== "active") throw refuse(400, `Invalid input received: Image ${image.id} is not active.`);
  return {
    imageMetadata: imageMetadataOf(image),
    usedBytes: image.disk?.usedBytes ?? image.sizeBytes ?? 0,
  };
}
