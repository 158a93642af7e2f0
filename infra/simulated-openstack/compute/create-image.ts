// createImage: a snapshot of a server.
import { isObject, pythonRepr, pythonStr } from "../bodies.ts";
import type { Core } from "../core.ts";
import type { Answer } from "../http.ts";
import { queueSnapshot, volumeBackedSnapshot } from "../image/from-snapshot.ts";
import type { Step } from "../transitions.ts";
import { volumeUsage } from "../volume/quota.ts";
import { type ComputeCall, operationOf } from "./call.ts";
import { checkMetadata, checkName, checkState } from "./checks.ts";
import { begin, closeEvents, recordAction } from "./operations.ts";
import type { ServerRecord } from "./records.ts";
import { invalidField, notAllowed, refuse } from "./refusals.ts";

/**
 * 202 with the image's id in the body from 2.45 on; before, in `Location`, an address of Glance without its version (measured on Zed). A lock does not
 * stand in the way (nova/compute/api.py). The new image is the project's of the token.
 */
export function createImage(
  call: ComputeCall,
  server: ServerRecord,
  argument: unknown,
  firstTask = "image_snapshot_pending",
): Answer {
  const { core, caller, projectId } = call;
  const { name, metadata } = checked(argument);
  checkState(server, "createImage", ["active", "stopped", "paused", "suspended"]);
  const snapshotter = { userId: caller.user.id, projectId };
  if (server.imageId === null) {
    if (!core.state.policies.createVolumeBackedImage && !caller.isAdmin)
      throw notAllowed("os_compute_api:servers:create_image:allow_volume_backed");
    checkSnapshotQuota(core, server);
    const image = volumeBackedSnapshot(core, server, snapshotter, name, metadata);
    closeEvents(recordAction(core, server, operationOf(call, "createImage", "api_snapshot_instance")), core.now());
    return accepted(call, image.id);
  }
  const image = queueSnapshot(core, server, snapshotter, name, metadata);
  begin(
    core,
    server,
    operationOf(call, "createImage", "compute_snapshot_instance"),
    firstTask,
    snapshotCourse(core, server, image.id),
  );
  return accepted(call, image.id);
}

/** Nova asks Cinder for its limits first (nova/compute/api.py, snapshot_volume_backed): 403, where Cinder itself would say 413. */
function checkSnapshotQuota(core: Core, server: ServerRecord): void {
  const { snapshots } = volumeUsage(core, server.projectId);
  const { volumeQuota } = core.state;
  if (snapshots + server.attachments.length > volumeQuota.snapshots)
    throw refuse(403, "Quota exceeded for resources: snapshots");
}

function checked(argument: unknown): { name: string; metadata: Record<string, string> } {
  if (!isObject(argument))
    throw invalidField("createImage", pythonStr(argument), `${pythonRepr(argument)} is not of type 'object'`);
  if (!("name" in argument)) throw invalidField("createImage", pythonRepr(argument), "'name' is a required property");
  const stranger = Object.keys(argument).find((key) => key !== "name" && key !== "metadata");
  if (stranger !== undefined) {
    throw invalidField(
      "createImage",
      pythonRepr(argument),
      `Additional properties are not allowed ('${stranger}' was unexpected)`,
    );
  }
  return { name: checkName(argument.name), metadata: checkMetadata(argument.metadata) };
}

/** 3.9 s for 355 MiB: the conversion takes most, then Glance is `saving`, and it has the image shortly before Nova lets go of the server (measured on Zed). */
function snapshotCourse(core: Core, server: ServerRecord, imageId: string): { afterMs: number; step: Step }[] {
  const inAll = snapshotMs(core, server);
  const task = (share: number, taskState: string | null) => ({
    afterMs: inAll * share,
    step: { do: "snapshotTask", imageId, taskState } as const,
  });
  const begun = [task(0.03, "image_snapshot"), task(0.06, "image_pending_upload")];
  if (server.guest.snapshotFailure !== null) {
    return [...begun, { afterMs: inAll * 0.5, step: { do: "snapshotFailed", imageId } }];
  }
  return [
    ...begun,
    task(0.6, "image_uploading"),
    { afterMs: inAll * 0.65, step: { do: "snapshotSaving", imageId } },
    { afterMs: inAll * 0.97, step: { do: "snapshotActive", imageId } },
    task(1, null),
  ];
}

/** In Ceph no bytes are moved. */
export const snapshotMs = ({ state, timing }: Core, { guest }: ServerRecord): number =>
  timing.snapshotFixedMs + (state.imageStore === "rbd" ? 0 : guest.diskBytes / 2 ** 20) * timing.snapshotMsPerMib;

function accepted({ core, minor }: ComputeCall, imageId: string): Answer {
  if (minor >= 45) return { status: 202, json: { image_id: imageId } };
  return { status: 202, headers: { Location: `${core.baseUrl}/image/images/${imageId}` } };
}
