// The live request that holds a server or a name.
import type { Runtime } from "../runtime.ts";
import { isEnded } from "./image-request.ts";
import type { LockKey } from "./locks.ts";
import { type Obstacle, obstacle } from "./obstacle.ts";

/** Undefined also where the request is another project's: whoever has a server's id from elsewhere learns nothing of what is done with it. */
export async function requestUnderWay(
  { locks, store }: Pick<Runtime, "locks" | "store">,
  key: LockKey,
  projectId: string,
): Promise<{ requestId: string; obstacle: Obstacle } | undefined> {
  const holder = await locks.holder(key);
  const request = holder === undefined ? undefined : await store.get(holder);
  if (!request || isEnded(request) || request.projectId !== projectId) return undefined;
  const [what, field] = key.startsWith("name#") ? ["name", "name"] : ["server", "serverId"];
  const detail = `Request ${request.id} for this ${what} is under way.`;
  const remedy = "Wait until it has ended, or cancel it.";
  return { requestId: request.id, obstacle: obstacle("request-under-way", detail, { field, remedy }) };
}
