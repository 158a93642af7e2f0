// The temporary servers that Nova makes for us: how they are found again after a crash, and what their guests print.
import { withoutFrames } from "../guest/console.ts";
import { type Cloud, ifThere, OpenStackFault, type Server } from "../openstack/index.ts";
import { maxConsoleChars } from "../requests/evidence.ts";
import type { ServerEntry } from "../requests/ledger-entry.ts";
import { clockSkewMs, unfinishedName } from "./images.ts";

/** By the id that Nova told us, else by the name, which only we give; compared here, whatever the list answers. The operator's credential sees another project's only with `allProjects`. Empty: not there (any more). */
export async function findServers(
  cloud: Cloud,
  projectId: string,
  entry: ServerEntry,
  { allProjects = false } = {},
): Promise<Server[]> {
  if (entry.thingId !== undefined) {
    const server = await ifThere(cloud.compute.getServer(entry.thingId));
    return !server || server.status === "DELETED" || server.status === "SOFT_DELETED" ? [] : [server];
  }
  const found: Server[] = [];
  for await (const server of cloud.compute.listServers({ name: unfinishedName(entry.mark), allProjects })) {
    if (isThatServer(server, projectId, entry)) found.push(server);
  }
  return found;
}

/** Name, project, image and time all agree. */
function isThatServer(server: Server, projectId: string, entry: ServerEntry): boolean {
  return (
    server.name === unfinishedName(entry.mark) &&
    server.projectId === projectId &&
    server.imageId === entry.imageId &&
    Date.parse(server.createdAt) >= entry.intentAtMs - clockSkewMs
  );
}

/** Empty where there is none (yet). */
export async function readConsole(cloud: Cloud, serverId: string): Promise<string> {
  try {
    return await cloud.compute.getConsole(serverId);
  } catch (error) {
    if (error instanceof OpenStackFault && (error.kind === "notFound" || error.kind === "conflict")) return "";
    throw error;
  }
}

/** The evidence of a guest that has said so much and reported nothing (yet). */
export function wordsOf(server: Server, entry: ServerEntry, nowMs: number, consoleEnd: string) {
  const { mark, imageId } = entry;
  return { mark, serverId: server.id, imageId, at: new Date(nowMs).toISOString(), consoleEnd };
}

export function consoleEnd(console: string): string {
  return withoutFrames(console).slice(-maxConsoleChars);
}
