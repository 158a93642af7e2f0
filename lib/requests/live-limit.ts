// How many requests of a project may be under way at once.
import type { Provider } from "../providers/provider.ts";
import { type Obstacle, obstacle } from "./obstacle.ts";
import type { RequestStore } from "./store.ts";

/**
 * A soft limit: an index says it, moments behind the table, and two who ask at the same moment may both be let in. It keeps one project from filling the
 * queues; what must never be exceeded is the cloud's own quota.
 */
export async function tooManyLive(
  store: Pick<RequestStore, "countLive">,
  { name, policy }: Pick<Provider, "name" | "policy">,
  projectId: string,
): Promise<Obstacle | undefined> {
  const limit = policy.liveRequestsPerProject;
  if ((await store.countLive(name, projectId, limit)) < limit) return undefined;
  return obstacle("too-many-requests", `The project has ${limit} requests under way; this provider allows no more.`, {
    remedy: "Wait until one has ended, or cancel one.",
  });
}
