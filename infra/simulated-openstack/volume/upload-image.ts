// os-volume_upload_image: an image of a volume's bytes.

import { isObject, parseJson, pythonRepr, pythonStr } from "../bodies.ts";
import { isoNaive } from "../clock.ts";
import type { Answer } from "../http.ts";
import { putHashes } from "../image/bytes.ts";
import { type ImageRecord, newImage, type Visibility } from "../image/records.ts";
import { type VolumeCall, type VolumeRoute, volumeOf } from "./call.ts";
import { yesOrNo } from "./fields.ts";
import { propertiesIn } from "./image-metadata.ts";
import type { VolumeRecord } from "./records.ts";
import { invalidField, refuse } from "./refusals.ts";
import { statusOf, volumeType } from "./views.ts";

export const actionRoutes: VolumeRoute[] = [["POST", "/volumes/{volumeId}/action", act]];

const diskFormats = ["raw", "vmdk", "vdi", "qcow2", "vhd", "vhdx", "ploop"];
const action = "os-volume_upload_image";

/** Cinder shows its whole record of the type here. */
const typeRecord = {
  qos_specs_id: null,
  created_at: "2022-10-05T00:00:00.000000",
  updated_at: null,
  deleted_at: null,
  deleted: false,
};

function act(call: VolumeCall): Answer {
  const body = parseJson(call.request.bytes);
  const [name, ...more] = isObject(body) ? Object.keys(body) : [];
  if (!isObject(body) || name === undefined || more.length > 0) throw refuse(400, "Malformed request body");
  if (name !== action)
    throw refuse(
      400,
      `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
    );
  return uploadImage(call, body[action]);
}

/**
 * 202 with the image's id; the image is `queued`, then `saving`, then `active`, the volume `uploading` meanwhile. A volume in use is refused with `force` too, for
 * `enable_force_upload` is off by default. Visibility and protection came with 3.1; before, the image is `shared` (measured on Zed).
 */
function uploadImage(call: VolumeCall, argument: unknown): Answer {
  const { core } = call;
  const wanted = checked(call, argument);
  const volume = volumeOf(call);
  if (wanted.visibility === "public" && !call.caller.isAdmin)
    throw refuse(403, "Policy doesn't allow volume_extension:volume_actions:upload_public to be performed.");
  if (statusOf(core, volume) !== "available")
    throw refuse(400, `Invalid volume: Volume ${volume.id} status must be available`);

  const properties = propertiesIn(volume.imageMetadata);
  const image = newImage(core, { ...wanted, owner: call.projectId, properties });
  core.state.images[image.id] = image;
  const before = volume.updatedAt;
  volume.status = "uploading";
  volume.updatedAt = core.now();
  const { uploadFixedMs, uploadMsPerMib } = core.timing;
  const bytes = uploadedBytes(image, volume);
  const step = { volumeId: volume.id, imageId: image.id };
  core.scheduleStorage(uploadFixedMs * 0.5, { do: "uploadSaving", ...step });
  core.scheduleStorage(uploadFixedMs + (bytes / 2 ** 20) * uploadMsPerMib, { do: "uploadActive", ...step });
  const answer = {
    id: volume.id,
    updated_at: before === null ? null : isoNaive(before),
    status: "uploading",
    display_description: volume.description,
    size: volume.sizeGib,
    volume_type: { ...volumeType, description: null, is_public: true, extra_specs: {}, ...typeRecord },
    image_id: image.id,
    container_format: wanted.containerFormat,
    disk_format: wanted.diskFormat,
    image_name: wanted.name,
    protected: wanted.protected,
    visibility: wanted.visibility,
  };
  return { status: 202, json: { [action]: answer } };
}

/** A raw image is as large as the volume, others as what is written of it. */
export function finishUpload(volume: VolumeRecord, image: ImageRecord, atMs: number): void {
  image.sizeBytes = uploadedBytes(image, volume);
  image.virtualSizeBytes = volume.sizeGib * 2 ** 30;
  putHashes(image);
  image.disk = { usedBytes: volume.usedBytes, obeysAcpi: true };
  image.status = "active";
  image.updatedAt = atMs;
}

const uploadedBytes = ({ diskFormat }: ImageRecord, { sizeGib, usedBytes }: VolumeRecord): number =>
  diskFormat === "raw" ? sizeGib * 2 ** 30 : usedBytes;

function checked({ minor }: VolumeCall, argument: unknown) {
  if (!isObject(argument))
    throw invalidField(action, pythonStr(argument), `${pythonRepr(argument)} is not of type 'object'`);
  if (typeof argument.image_name !== "string")
    throw invalidField(action, pythonRepr(argument), "'image_name' is a required property");
  const known = ["image_name", "force", "disk_format", "container_format"];
  if (minor >= 1) known.push("visibility", "protected");
  const stranger = Object.keys(argument).find((key) => !known.includes(key));
  if (stranger !== undefined)
    throw invalidField(
      action,
      pythonRepr(argument),
      `Additional properties are not allowed ('${stranger}' was unexpected)`,
    );
  yesOrNo("force", argument.force);
  const diskFormat = argument.disk_format ?? "raw";
  if (typeof diskFormat !== "string" || !diskFormats.includes(diskFormat))
    throw invalidField(
      "disk_format",
      pythonStr(diskFormat),
      `${pythonRepr(diskFormat)} is not one of ${pythonRepr(diskFormats)}`,
    );
  const visibility = argument.visibility ?? (minor >= 1 ? "private" : "shared");
  const visibilities = ["community", "public", "private", "shared"];
  if (typeof visibility !== "string" || !visibilities.includes(visibility))
    throw invalidField(
      "visibility",
      pythonStr(visibility),
      `${pythonRepr(visibility)} is not one of ${pythonRepr(visibilities)}`,
    );
  return {
    name: argument.image_name,
    diskFormat,
    containerFormat: typeof argument.container_format === "string" ? argument.container_format : "bare",
    visibility: visibility as Visibility,
    protected: yesOrNo("protected", argument.protected),
  };
}
