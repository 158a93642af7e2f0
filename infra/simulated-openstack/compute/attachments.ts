// The volumes of a server.
import { at, own, stringAt } from "../bodies.ts";
import type { Answer } from "../http.ts";
import type { VolumeRecord } from "../volume/records.ts";
import { holderOf } from "../volume/views.ts";
import { bodyOf, type ComputeCall, type ComputeRoute, operationOf, serverOf } from "./call.ts";
import { checkLock, checkState } from "./checks.ts";
import { recordAction } from "./operations.ts";
import type { AttachmentRecord, ServerRecord } from "./records.ts";
import { refuse } from "./refusals.ts";

const path = "/v2.1/servers/{serverId}/os-volume_attachments";

export const attachmentRoutes: ComputeRoute[] = [
  ["GET", path, listAttachments],
  ["POST", path, attach],
  ["GET", `${path}/{volumeId}`, (call) => show(call, serverOf(call))],
  ["DELETE", `${path}/{volumeId}`, detach],
];

function listAttachments(call: ComputeCall): Answer {
  const server = serverOf(call);
  const shown = server.attachments.map((attachment) => attachmentView(call, server, attachment));
  return { status: 200, json: { volumeAttachments: shown } };
}

/**
 * 200 at once; the volume is `reserved`, then `attaching`, then `in-use`, while the server's task state says nothing (measured on Zed). The answer has `id` at every
 * microversion, and none of the attachment's own ids.
 */
function attach(call: ComputeCall): Answer {
  const { core, projectId } = call;
  const server = serverOf(call);
  const wanted = at(bodyOf(call), "volumeAttachment");
  const volumeId = stringAt(wanted, "volumeId") ?? "";
  checkLock(call, server);
  checkState(server, "attach_volume", ["active", "paused", "stopped"]);
  checkAttachable(call, volumeId, own(core.state.volumes, volumeId), projectId);
  const letter = String.fromCharCode("a".charCodeAt(0) + server.attachments.length + (server.imageId === null ? 0 : 1));
  const attachment: AttachmentRecord = {
    volumeId,
    attachmentId: core.newUuid(),
    bdmUuid: core.newUuid(),
    device: stringAt(wanted, "device") ?? `/dev/vd${letter}`,
    tag: stringAt(wanted, "tag") ?? null,
    deleteOnTermination: at(wanted, "delete_on_termination") === true,
    phase: "reserved",
  };
  server.attachments.push(attachment);
  const { requestId } = recordAction(core, server, operationOf(call, "attach_volume", "compute_attach_volume"));
  const { attachVolumeMs } = core.timing;
  const which = { volumeId, attachmentId: attachment.attachmentId, requestId };
  core.scheduleStorage(attachVolumeMs * 0.9, { do: "attaching", ...which });
  core.scheduleStorage(attachVolumeMs, { do: "attached", ...which });
  const { attachment_id: _attachment, bdm_uuid: _bdm, ...shown } = attachmentView(call, server, attachment);
  return { status: 200, json: { volumeAttachment: { id: volumeId, ...shown } } };
}

function checkAttachable(call: ComputeCall, id: string, volume: VolumeRecord | undefined, projectId: string): void {
  if (volume?.projectId !== projectId) throw refuse(404, `Volume ${id} could not be found.`);
  const held = holderOf(call.core, id);
  if (held) throw refuse(400, `Invalid volume: volume ${id} is already attached to instances: ${held.server.id}`);
  if (volume.status === "available") return;
  throw refuse(
    400,
    `Invalid volume: Invalid input received: Invalid volume: Volume ${id} status must be available or downloading to reserve, but the current status is ${volume.status}. (HTTP 400) (Request-ID: ${call.request.requestId})`,
  );
}

/**
 * 202; the volume is `detaching` until the guest has let go of it. A running guest that does not listen never does: Nova asks it eight times, 20 s each, and then the volume is
 * `in-use` again (measured on Zed as far as `detaching` for a minute; nova/virt/libvirt/driver.py, _detach_with_retry).
 */
function detach(call: ComputeCall): Answer {
  const { core } = call;
  const server = serverOf(call);
  const attachment = find(call, server);
  checkLock(call, server);
  checkState(server, "detach_volume", ["active", "paused", "suspended", "stopped"]);
  if (attachment.device === "/dev/vda") throw refuse(403, "Cannot detach a root device volume");
  if (attachment.phase !== undefined) {
    throw refuse(
      400,
      `Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach. (HTTP 400) (Request-ID: ${call.request.requestId})`,
    );
  }
  attachment.phase = "detaching";
  const { requestId } = recordAction(core, server, operationOf(call, "detach_volume", "compute_detach_volume"));
  const { attachmentId, volumeId } = attachment;
  const { detachVolumeMs, detachTimeoutMs } = core.timing;
  const letsGo = server.vmState !== "active" || server.guest.obeysAcpi;
  const which = { volumeId, attachmentId, requestId };
  core.scheduleStorage(letsGo ? detachVolumeMs : detachTimeoutMs, {
    do: letsGo ? "detached" : "notDetached",
    ...which,
  });
  return { status: 202 };
}

const show = (call: ComputeCall, server: ServerRecord): Answer => ({
  status: 200,
  json: { volumeAttachment: attachmentView(call, server, find(call, server)) },
});

function find({ parameters }: ComputeCall, server: ServerRecord): AttachmentRecord {
  const attachment = server.attachments.find(({ volumeId }) => volumeId === parameters.volumeId);
  if (!attachment) throw refuse(404, `Instance ${server.id} is not attached to volume ${parameters.volumeId}`);
  return attachment;
}

/** 2.70 tag, 2.79 delete_on_termination, 2.89 the attachment's own ids instead of `id`. */
const attachmentView = ({ minor }: ComputeCall, server: ServerRecord, attachment: AttachmentRecord) => ({
  ...(minor < 89 && { id: attachment.volumeId }),
  volumeId: attachment.volumeId,
  serverId: server.id,
  device: attachment.device,
  ...(minor >= 70 && { tag: attachment.tag }),
  ...(minor >= 79 && { delete_on_termination: attachment.deleteOnTermination }),
  ...(minor >= 89 && { attachment_id: attachment.attachmentId, bdm_uuid: attachment.bdmUuid }),
});
