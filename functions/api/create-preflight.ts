// POST /v1/preflights: everything that stands in the way of a request, at once, before anything is touched.

import { createPreflight } from "../../events/operations/create-preflight.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { isEnded } from "../../lib/requests/image-request.ts";
import { beyondLimits, reasonsForApproval } from "../../lib/requests/limits.ts";
import { type LockKey, nameLock, serverLock } from "../../lib/requests/locks.ts";
import type { Obstacle } from "../../lib/requests/obstacle.ts";
import { findObstacles } from "../../lib/requests/obstacles.ts";
import { resolveShare } from "../../lib/requests/sharing.ts";
import type { Runtime } from "../../lib/runtime.ts";

export const handler = endpoint(createPreflight, async ({ runtime, provider, caller, body: asked, bounded }) => {
  const beyond = beyondLimits(asked, provider.policy).map(notPossible);
  const directory = provider.directory && bounded(provider.directory);
  const [share, findings, ...underWay] = await Promise.all([
    resolveShare(directory, asked.share, caller.projectId),
    findObstacles(caller.cloud, caller.projectId, asked, provider.policy),
    requestUnderWay(runtime, serverLock(provider.name, asked.serverId), "serverId"),
    requestUnderWay(runtime, nameLock(provider.name, caller.projectId, asked.name), "name"),
  ]);
  const obstacles = [...beyond, ...share.errors.map(notPossible), ...findings.obstacles, ...underWay.flat()];
  const { server } = findings;
  return answer(200, {
    ready: obstacles.every(({ level }) => level !== "obstacle"),
    obstacles,
    server: server ? { id: server.id, name: server.name, status: server.status } : null,
    approval: { needed: reasonsForApproval(asked, provider.policy) },
  });
});

function notPossible({ field, detail }: { field: string; detail: string }): Obstacle {
  return { level: "obstacle", code: "not-available", field, detail, remedy: "Change this field." };
}

async function requestUnderWay(runtime: Runtime, key: LockKey, field: "serverId" | "name"): Promise<Obstacle[]> {
  const holder = await runtime.locks.holder(key);
  const request = holder === undefined ? undefined : await runtime.store.get(holder);
  if (!request || isEnded(request)) return [];
  const detail = `Request ${request.id} for this ${field === "name" ? "name" : "server"} is under way.`;
  return [
    { level: "obstacle", code: "request-under-way", field, detail, remedy: "Wait until it has ended, or cancel it." },
  ];
}
