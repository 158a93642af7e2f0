// The clock of notices: whatever is overdue is poked again, whoever lost its poke; what is long over is forgotten.
import { log } from "../log.ts";
import type { Runtime } from "../runtime.ts";
import { wakeDelayMs } from "../workflow/pace.ts";

/** So many in one run; the rest are still overdue at the next. */
const maxPerRun = 300;
/** The log of deliveries goes so far back. */
export const keptMs = 30 * 86_400_000;

/** Moves what is overdue on, conditionally, and only then pokes: else a slow queue would be flooded. */
export async function remind({
  notices,
  queue,
  clock,
}: Pick<Runtime, "notices" | "queue" | "clock">): Promise<{ poked: number; forgotten: number }> {
  let poked = 0;
  const nowMs = clock.now();
  for (const { key, listOrder, wakes } of await notices.overdue(nowMs, maxPerRun)) {
    if (!(await notices.postpone(key, listOrder, nowMs + wakeDelayMs(wakes), wakes + 1))) continue;
    await queue.poke(key, 0);
    poked += 1;
  }
  const forgotten = await notices.forget(nowMs - keptMs, maxPerRun);
  if (poked + forgotten > 0) log.info("notices", { poked, forgotten });
  return { poked, forgotten };
}
