// The waker: repairs every lost message, whoever lost it, by one rule.
import { log } from "../log.ts";
import { isEnded } from "../requests/image-request.ts";
import { wakeShards } from "../requests/request-item.ts";
import type { Runtime } from "../runtime.ts";
import { wakeDelayMs } from "./pace.ts";
import { messageFor } from "./run-step.ts";

/** So many requests of each shard at most in one run; the rest are still overdue at the next. */
const maxPerShard = 200;

/** Moves an overdue `wakeAtMs` on, conditionally, and only then sends the present message: else a slow queue would be flooded. */
export async function wakeOverdue({
  store,
  queue,
  clock,
}: Pick<Runtime, "store" | "queue" | "clock">): Promise<{ woken: number }> {
  let woken = 0;
  for (let shard = 0; shard < wakeShards; shard++) {
    const nowMs = clock.now();
    for (const { id, wakeAtMs } of await store.overdue(shard, nowMs, maxPerShard)) {
      const request = await store.get(id);
      if (!request || isEnded(request)) continue; // the index is behind
      const postponed = await store.postpone(id, wakeAtMs, nowMs + wakeDelayMs(request.wakes), request.wakes + 1);
      if (!postponed) continue; // somebody was faster
      await queue.send(messageFor(postponed), 0);
      woken += 1;
    }
  }
  if (woken > 0) log.info("woken", { woken });
  return { woken };
}
