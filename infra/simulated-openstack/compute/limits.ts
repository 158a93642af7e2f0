// Quota and what a project uses of it.
import type { Core } from "../core.ts";
import type { Answer } from "../http.ts";
import type { ComputeCall, ComputeRoute } from "./call.ts";

export const limitRoutes: ComputeRoute[] = [["GET", "/v2.1/limits", showLimits]];

export function usageOf(core: Core, projectId: string): { instances: number; cores: number; ramMib: number } {
  const servers = Object.values(core.state.servers).filter(
    (server) => server.projectId === projectId && server.deletedAt === null,
  );
  return {
    instances: servers.length,
    cores: servers.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
    ramMib: servers.reduce((sum, { flavor }) => sum + flavor.ramMib, 0),
  };
}

/** What concerned networks went with 2.36, image metadata with 2.39, personalities with 2.57. */
function showLimits({ core, minor, projectId }: ComputeCall): Answer {
  const { quota } = core.state;
  const used = usageOf(core, projectId);
  const absolute = {
    maxTotalInstances: quota.instances,
    maxTotalCores: quota.cores,
    maxTotalRAMSize: quota.ramMib,
    maxServerMeta: 128,
    ...(minor < 39 && { maxImageMeta: 128 }),
    ...(minor < 57 && { maxPersonality: 5, maxPersonalitySize: 10_240 }),
    maxTotalKeypairs: 100,
    maxServerGroups: 10,
    maxServerGroupMembers: 10,
    ...(minor < 36 && { maxTotalFloatingIps: -1, maxSecurityGroups: -1, maxSecurityGroupRules: -1 }),
    totalRAMUsed: used.ramMib,
    totalCoresUsed: used.cores,
    totalInstancesUsed: used.instances,
    ...(minor < 36 && { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 }),
    totalServerGroupsUsed: 0,
  };
  return { status: 200, json: { limits: { rate: [], absolute } } };
}
