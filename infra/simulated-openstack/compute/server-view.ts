// A server as Nova shows it, at each microversion.
import { isoNaive, isoSeconds } from "../clock.ts";
import type { ComputeCall } from "./call.ts";
import type { FlavorRecord, ServerRecord } from "./records.ts";

/** nova/api/openstack/common.py, _STATE_MAP. */
export function statusOf({ vmState, taskState }: ServerRecord): string {
  const task = taskState ?? "";
  if (vmState === "active" && /^reboot(ing|_pending|_started)$/.test(task)) return "REBOOT";
  if (vmState === "active" && /^reboot(ing|_pending|_started)_hard$/.test(task)) return "HARD_REBOOT";
  if (["active", "stopped", "error"].includes(vmState) && /^rebuild/.test(task)) return "REBUILD";
  if (vmState === "soft-delete") return "SOFT_DELETED";
  return vmState === "building" ? "BUILD" : vmState === "stopped" ? "SHUTOFF" : vmState.toUpperCase();
}

export const linksOf = ({ core }: ComputeCall, kind: string, id: string) => [
  { rel: "self", href: `${core.baseUrl}/compute/v2.1/${kind}/${id}` },
  bookmark(core.baseUrl, kind, id),
];

const bookmark = (baseUrl: string, kind: string, id: string) => ({
  rel: "bookmark",
  href: `${baseUrl}/compute/${kind}/${id}`,
});

export const briefView = (call: ComputeCall, { id, name }: ServerRecord) => ({
  id,
  name,
  links: linksOf(call, "servers", id),
});

/**
 * `show`: GET of one server, or a rename at 2.75 and later; `detail`: one of a list, which lacks `server_groups`; `changed`: after a rename or rebuild,
 * which before 2.75 show only the old core (measured on Zed).
 */
export function serverView(
  call: ComputeCall,
  server: ServerRecord,
  form: "show" | "detail" | "changed",
): Record<string, unknown> {
  const { minor } = call;
  const whole = form !== "changed" || minor >= 75;
  return {
    ...coreView(call, server),
    ...(whole && extensionView(call, server)),
    ...(minor >= 9 && { locked: server.lockedBy !== null }),
    ...(minor >= 73 && { locked_reason: server.lockedReason }),
    ...(minor >= 19 && { description: server.description }),
    ...(minor >= 26 && { tags: server.tags }),
    ...(minor >= 63 && { trusted_image_certificates: null }),
    ...(minor >= 90 && { "OS-EXT-SRV-ATTR:hostname": server.hostname }),
    ...(minor >= 71 && form !== "detail" && { server_groups: [] }),
  };
}

function coreView(call: ComputeCall, server: ServerRecord): Record<string, unknown> {
  const { core, caller, minor } = call;
  const status = statusOf(server);
  const { fault } = server;
  return {
    id: server.id,
    name: server.name,
    status,
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: server.metadata,
    hostId: server.hostId,
    // A server that was booted from a volume has no image, and says so with a text.
    image:
      server.imageId === null ? "" : { id: server.imageId, links: [bookmark(core.baseUrl, "images", server.imageId)] },
    flavor:
      minor >= 47
        ? embeddedFlavor(server.flavor)
        : { id: server.flavor.id, links: [bookmark(core.baseUrl, "flavors", server.flavor.id)] },
    created: isoSeconds(server.createdAt),
    updated: isoSeconds(server.updatedAt),
    addresses: {},
    accessIPv4: "",
    accessIPv6: "",
    links: linksOf(call, "servers", server.id),
    "OS-DCF:diskConfig": "MANUAL",
    ...(fault &&
      ["ERROR", "DELETED"].includes(status) && {
        fault: {
          code: fault.code,
          created: isoSeconds(fault.at),
          message: fault.message,
          ...(caller.isAdmin && { details: fault.details }),
        },
      }),
    ...(["ACTIVE", "BUILD", "REBUILD"].includes(status) && { progress: 0 }),
  };
}

/** What it was made with, whatever has become of the flavor since (2.47). */
const embeddedFlavor = (flavor: FlavorRecord) => ({
  vcpus: flavor.vcpus,
  ram: flavor.ramMib,
  disk: flavor.diskGib,
  ephemeral: flavor.ephemeralGib,
  swap: flavor.swapMib,
  original_name: flavor.name,
  extra_specs: flavor.extraSpecs,
});

function extensionView({ caller, minor }: ComputeCall, server: ServerRecord): Record<string, unknown> {
  return {
    "OS-EXT-AZ:availability_zone": server.hostId === "" ? "" : "nova",
    config_drive: server.configDrive ? "True" : "",
    key_name: server.keyName,
    "OS-SRV-USG:launched_at": server.launchedAt === null ? null : isoNaive(server.launchedAt),
    "OS-SRV-USG:terminated_at": server.deletedAt === null ? null : isoNaive(server.deletedAt),
    ...(caller.isAdmin && {
      "OS-EXT-SRV-ATTR:host": server.hostId === "" ? null : "simulated",
      "OS-EXT-SRV-ATTR:instance_name": `instance-${server.id.slice(0, 8)}`,
      "OS-EXT-SRV-ATTR:hypervisor_hostname": server.hostId === "" ? null : "simulated",
      ...(minor >= 3 && {
        "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
        "OS-EXT-SRV-ATTR:user_data": server.userData,
      }),
    }),
    "OS-EXT-STS:task_state": server.taskState,
    "OS-EXT-STS:vm_state": server.vmState,
    "OS-EXT-STS:power_state": server.powerState,
    "os-extended-volumes:volumes_attached": server.attachments.map(({ volumeId, deleteOnTermination }) =>
      minor >= 3 ? { id: volumeId, delete_on_termination: deleteOnTermination } : { id: volumeId },
    ),
  };
}
