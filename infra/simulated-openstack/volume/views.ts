// Volumes and snapshots as Cinder shows them (measured on Zed).
import { isoNaive } from "../clock.ts";
import type { AttachmentRecord, ServerRecord } from "../compute/records.ts";
import type { Core } from "../core.ts";
import type { VolumeCall } from "./call.ts";
import type { VolumeRecord, VolumeSnapshotRecord } from "./records.ts";

export const volumeType = { id: "14d4d363-8428-46e3-b9c9-48a76dfd1586", name: "nfs" };

/** The server that has the volume, with its attachment. */
export function holderOf(
  core: Core,
  volumeId: string,
): { server: ServerRecord; attachment: AttachmentRecord } | undefined {
  for (const server of Object.values(core.state.servers)) {
    const attachment = server.attachments.find((one) => one.volumeId === volumeId);
    if (attachment) return { server, attachment };
  }
  return undefined;
}

export function statusOf(core: Core, volume: VolumeRecord): string {
  const held = holderOf(core, volume.id);
  return held && volume.status === "available" ? (held.attachment.phase ?? "in-use") : volume.status;
}

/** The answer to a create does not yet say whose it is. */
export function volumeView(call: VolumeCall, volume: VolumeRecord, options: { created?: true } = {}) {
  const { core, minor } = call;
  return {
    ...volumeSummary(call, volume),
    status: statusOf(core, volume),
    size: volume.sizeGib,
    availability_zone: "nova",
    created_at: isoNaive(volume.createdAt),
    updated_at: volume.updatedAt === null ? null : isoNaive(volume.updatedAt),
    description: volume.description,
    volume_type: volumeType.name,
    snapshot_id: volume.snapshotId,
    source_volid: null,
    metadata: volume.metadata,
    user_id: volume.userId,
    bootable: String(volume.imageMetadata !== null),
    encrypted: false,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: false,
    attachments: attachments(core, volume),
    ...(minor >= 13 && { group_id: null }),
    ...(minor >= 48 && onHost(volume)),
    ...(minor >= 63 && { volume_type_id: volumeType.id }),
    ...(minor >= 65 && { consumes_quota: true }),
    ...(!options.created && { "os-vol-tenant-attr:tenant_id": volume.projectId }),
    ...(!options.created && volume.imageMetadata && { volume_image_metadata: volume.imageMetadata }),
  };
}

/** Until a host has it, Cinder knows no better. */
const onHost = ({ status }: VolumeRecord) =>
  status === "creating"
    ? { shared_targets: true, service_uuid: null }
    : { shared_targets: false, service_uuid: "5e000000-0000-4000-8000-000000000001" };

export const volumeSummary = ({ core, projectId }: VolumeCall, { id, name }: VolumeRecord) => ({
  id,
  name,
  links: [
    { rel: "self", href: `${core.baseUrl}/volume/v3/${projectId}/volumes/${id}` },
    { rel: "bookmark", href: `${core.baseUrl}/volume/${projectId}/volumes/${id}` },
  ],
});

/** User and group came with 3.41, whether it counts for the quota with 3.65; neither project nor progress stand in summaries. */
export function snapshotView(
  { minor }: VolumeCall,
  snapshot: VolumeSnapshotRecord,
  options: { summary?: true } = {},
): Record<string, unknown> {
  return {
    id: snapshot.id,
    created_at: isoNaive(snapshot.createdAt),
    updated_at: snapshot.updatedAt === null ? null : isoNaive(snapshot.updatedAt),
    name: snapshot.name,
    description: snapshot.description,
    volume_id: snapshot.volumeId,
    status: snapshot.status,
    size: snapshot.sizeGib,
    metadata: snapshot.metadata,
    ...(!options.summary && {
      "os-extended-snapshot-attributes:project_id": snapshot.projectId,
      "os-extended-snapshot-attributes:progress": snapshot.status === "creating" ? "0%" : "100%",
    }),
    ...(minor >= 14 && { group_snapshot_id: null }),
    ...(minor >= 41 && { user_id: snapshot.userId }),
    ...(minor >= 65 && { consumes_quota: true }),
  };
}

function attachments(core: Core, volume: VolumeRecord): unknown[] {
  const held = holderOf(core, volume.id);
  if (!held || held.attachment.phase === "reserved" || held.attachment.phase === "attaching") return [];
  const { server, attachment } = held;
  return [
    {
      id: volume.id,
      attachment_id: attachment.attachmentId,
      volume_id: volume.id,
      server_id: server.id,
      host_name: null,
      device: attachment.device,
      attached_at: isoNaive(volume.updatedAt ?? volume.createdAt),
    },
  ];
}
