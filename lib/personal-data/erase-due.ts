// What the policy wants gone: personal data of requests that ended long enough ago.
import { and, below, equals } from "../aws/condition.ts";
import { log } from "../log.ts";
import { dueErasure, idOfKey } from "../requests/request-item.ts";
import type { Runtime } from "../runtime.ts";
import { eraseRequest } from "./erase-request.ts";

/** In one run; the rest are still due at the next. */
const maxPerRun = 500;
const pageSize = 100;

export async function eraseDue(
  runtime: Pick<Runtime, "table" | "store" | "evidence" | "clock">,
): Promise<{ erased: number }> {
  const { table, store, clock } = runtime;
  const key = and(equals("lifeKey", dueErasure), below("lifeAt", new Date(clock.now()).toISOString()));
  let erased = 0;
  for (let after: Record<string, unknown> | undefined, seen = 0; seen < maxPerRun; ) {
    const page = await table.query({ index: "byLife", key, limit: pageSize, ...(after && { after }) });
    for (const { id } of page.items) {
      const request = await store.get(idOfKey(id));
      // The index may be behind: what was erased meanwhile is not counted again.
      if (request && !request.erasedAt && (await eraseRequest(runtime, request, clock.now()))) erased += 1;
    }
    seen += page.items.length;
    after = page.next;
    if (!after) break;
  }
  if (erased > 0) log.info("personal data erased", { requests: erased });
  return { erased };
}
