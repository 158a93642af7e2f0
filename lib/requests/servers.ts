// A page of the project's servers, each with what stands in the way of imaging it as far as the cloud's list tells.
import type { ServerRepresentation } from "../../events/server-representation.ts";
import { refuseLostMarker } from "../http/cursor.ts";
import type { CellDown, Cloud, Server } from "../openstack/index.ts";
import type { Runtime } from "../runtime.ts";
import { serverLock } from "./locks.ts";
import type { Obstacle } from "./obstacle.ts";
import { serverObstacles } from "./obstacles.ts";
import { requestUnderWay } from "./under-way.ts";

interface Asked {
  readonly provider: string;
  readonly projectId: string;
  readonly consistency: "stop" | "live";
  readonly limit: number;
}

/** Requests are looked up for so many servers at a time. */
const lookUpsAtOnce = 10;

/** One call to the cloud. `marker`: the last server of the page before. Throws 422 where that one is gone. */
export async function pageOfServers(
  cloud: Cloud,
  runtime: Pick<Runtime, "locks" | "store">,
  asked: Asked,
  marker?: string,
): Promise<{ servers: ServerRepresentation[]; next: string | undefined }> {
  const page = await cloud.compute
    .serverPage({ pageSize: asked.limit }, marker)
    .catch((fault) => refuseLostMarker(fault, marker));
  const own = page.servers.filter((server) => "cellDown" in server || isOfProject(server, asked.projectId));
  const servers: ServerRepresentation[] = [];
  for (let at = 0; at < own.length; at += lookUpsAtOnce) {
    const some = own.slice(at, at + lookUpsAtOnce);
    servers.push(...(await Promise.all(some.map((server) => representation(server, runtime, asked)))));
  }
  return { servers, next: page.next };
}

/** Ours are called by their mark (lib/workflow/images.ts). */
function isOfProject(server: Server, projectId: string): boolean {
  return server.projectId === projectId && !/^darkroom-[0-9a-f]{24}$/.test(server.name);
}

async function representation(
  server: Server | CellDown,
  runtime: Pick<Runtime, "locks" | "store">,
  { provider, consistency }: Asked,
): Promise<ServerRepresentation> {
  if ("cellDown" in server) return unreachable(server.cellDown);
  const underWay = await requestUnderWay(runtime, serverLock(provider, server.id), server.projectId);
  const obstacles = [...serverObstacles(server, { consistency }), ...(underWay ? [underWay.obstacle] : [])];
  const { name, vcpus, ramMib, diskGib } = server.flavor;
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    taskState: server.taskState,
    locked: server.locked,
    imageId: server.imageId,
    flavor: { name, vcpus, ramMib, diskGib },
    createdAt: server.createdAt,
    requestId: underWay?.requestId ?? null,
    ready: obstacles.every(({ level }) => level !== "obstacle"),
    obstacles,
  };
}

/** It is there: leaving it out would say that it is not. */
function unreachable(id: string): ServerRepresentation {
  const why: Obstacle = {
    level: "unknown",
    code: "cell-down",
    field: "serverId",
    detail: "The part of the cloud in which this server runs does not answer.",
    remedy: "Try again later.",
  };
  const nothing = { name: null, taskState: null, locked: null, imageId: null, flavor: null, createdAt: null };
  return { id, status: "UNKNOWN", ...nothing, requestId: null, ready: false, obstacles: [why] };
}
