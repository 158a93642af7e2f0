// POST /v1/preflights: everything that stands in the way of a request, at once, before anything is touched.

import { createPreflight } from "../../events/operations/create-preflight.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { beyondLimits, reasonsForApproval } from "../../lib/requests/limits.ts";
import { tooManyLive } from "../../lib/requests/live-limit.ts";
import { nameLock, serverLock } from "../../lib/requests/locks.ts";
import { hint, type Obstacle } from "../../lib/requests/obstacle.ts";
import { findObstacles } from "../../lib/requests/obstacles.ts";
import { resolveShare } from "../../lib/requests/sharing.ts";
import { requestUnderWay } from "../../lib/requests/under-way.ts";

export const handler = endpoint(createPreflight, async ({ runtime, provider, caller, body: asked, bounded }) => {
  const beyond = beyondLimits(asked, provider.policy).map(notPossible);
  const directory = provider.directory && bounded(provider.directory);
  const [share, findings, tooMany, ...underWay] = await Promise.all([
    resolveShare(directory, asked.share, caller.projectId),
    findObstacles(caller.cloud, caller.projectId, asked, provider.policy),
    tooManyLive(runtime.store, provider, caller.projectId),
    requestUnderWay(runtime, serverLock(provider.name, asked.serverId), caller.projectId),
    requestUnderWay(runtime, nameLock(provider.name, caller.projectId, asked.name), caller.projectId),
  ]);
  const held = underWay.flatMap((each) => each?.obstacle ?? []);
  const about = [...(tooMany ? [tooMany] : []), ...(provider.policy.paused ? [paused] : [])];
  const wrong = [...beyond, ...share.errors.map(notPossible)];
  const obstacles = [...wrong, ...findings.obstacles, ...held, ...about];
  const { server } = findings;
  return answer(200, {
    ready: obstacles.every(({ level }) => level !== "obstacle"),
    obstacles,
    server: server ? { id: server.id, name: server.name, status: server.status } : null,
    approval: { needed: reasonsForApproval(asked, provider.policy) },
  });
});

const paused = hint(
  "paused",
  "The operator has paused this provider.",
  "You may ask: the request is kept, and begins once the provider is not paused any more.",
);

function notPossible({ field, detail }: { field: string; detail: string }): Obstacle {
  return { level: "obstacle", code: "not-available", field, detail, remedy: "Change this field." };
}
