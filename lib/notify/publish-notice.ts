// How any room tells people and portals something: one write, and a poke. What is done with it is lib/notify's affair.
import { log } from "../log.ts";
import type { Runtime } from "../runtime.ts";
import { type Notice, noticeId } from "./notice.ts";

/**
 * Idempotent by `id`: published again, nothing happens; false then. Once it returns, the notice is sent, whatever dies. It never calls a mail server or a portal itself.
 * A mail goes out at most once, a webhook at least once with the same id.
 */
export async function publishNotice(
  runtime: Pick<Runtime, "notices" | "queue" | "clock">,
  notice: Omit<Notice, "at" | "sequence"> & { readonly at?: string },
): Promise<boolean> {
  if (!noticeId.test(notice.id)) throw new Error(`a notice cannot have the id ${notice.id.slice(0, 250)}`);
  const nowMs = runtime.clock.now();
  const at = notice.at ?? new Date(nowMs).toISOString();
  const published = await runtime.notices.publish({ ...notice, at }, nowMs);
  if (published) await poke(runtime, `notice#${notice.id}`);
  return published;
}

/** Never throws: what is due stands in the table, and is found there a minute later. `about`: a key of the table. */
export async function poke({ queue }: Pick<Runtime, "queue">, about: string, delayMs = 0): Promise<void> {
  try {
    await queue.poke(about, delayMs);
  } catch (error) {
    log.warn("poke not sent: left to the clock", { about, error });
  }
}
