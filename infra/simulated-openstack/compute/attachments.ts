// The volumes of a server.
import { at, own, stringAt } from "../bodies.ts";
import type { Answer } from "../http.ts";
import { holderOf } from "../volume/views.ts";
import { bodyOf, type ComputeCall, type ComputeRoute, operationOf, serverOf } from "./call.ts";
import { checkLock, checkState } from "./checks.ts";
import { closeEvents, recordAction } from "./operations.ts";
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

function attach(call: ComputeCall): Answer {
  const { core, projectId } = call;
  const server = serverOf(call);
  const wanted = at(bodyOf(call), "volumeAttachment");
  const volumeId = stringAt(wanted, "volumeId") ?? "";
  checkLock(call, server);
  checkState(server, "attach_volume", ["active", "paused", "stopped"]);
  const volume = own(core.state.volumes, volumeId);
  if (volume?.projectId !== projectId) throw refuse(404, `Volume ${volumeId} could not be found.`);
  if (holderOf(core, volumeId)) throw refuse(400, `Invalid volume: volume ${volumeId} already attached`);
  if (volume.status !== "available") {
    throw refuse(
      400,
      `Invalid volume: Invalid input received: Invalid volume: Volume ${volumeId} status must be available or downloading to reserve, but the current status is ${volume.status}. (HTTP 400) (Request-ID: ${call.request.requestId})`,
    );
  }
  const letter = String.fromCharCode("a".charCodeAt(0) + server.attachments.length + (server.imageId === null ? 0 : 1));
  const attachment: AttachmentRecord = {
    volumeId,
    attachmentId: core.newUuid(),
    bdmUuid: core.newUuid(),
    device: stringAt(wanted, "device") ?? `/dev/vd${letter}`,
    tag: stringAt(wanted, "tag") ?? null,
    deleteOnTermination: at(wanted, "delete_on_termination") === true,
  };
  server.attachments.push(attachment);
  volume.updatedAt = core.now();
  closeEvents(recordAction(core, server, operationOf(call, "attach_volume", "compute_attach_volume")), core.now());
  return { status: 200, json: { volumeAttachment: attachmentView(call, server, attachment) } };
}

function detach(call: ComputeCall): Answer {
  const { core } = call;
  const server = serverOf(call);
  const attachment = find(call, server);
  checkLock(call, server);
  checkState(server, "detach_volume", ["active", "paused", "suspended", "stopped"]);
  if (attachment.device === "/dev/vda") throw refuse(403, "Cannot detach a root device volume");
  server.attachments = server.attachments.filter((one) => one !== attachment);
  closeEvents(recordAction(core, server, operationOf(call, "detach_volume", "compute_detach_volume")), core.now());
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
