// When nothing may be deleted: an operator said so, or the table is not the one that the last sweep wrote, or not of that time.
import type { Table } from "../aws/table.ts";
import { log } from "../log.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { clockSkewMs } from "./judge.ts";
import { longestGapMs } from "./stage.ts";
import { type Held, openTidyingStore, type SweepState } from "./store.ts";

/**
 * Asked by every sweep before it takes anything away. A table that no run wrote for days, or that was written in the future, may be an old one that was put
 * back, or the clock has jumped; one with another identity was restored. Nothing is deleted then until an operator has looked (`npm run ops -- reconcile`).
 */
export async function holdOfSweeps(
  table: Table,
  provider: string,
  nowMs: number,
  known?: SweepState,
): Promise<Held | undefined> {
  const state = known ?? (await openTidyingStore(table).state(provider));
  const tableId = await table.identity();
  const why = anotherTable(state, tableId) ?? (state.held ? undefined : anotherTime(state, nowMs));
  return why === undefined ? state.held : await hold(table, provider, { sinceMs: nowMs, why }, state, tableId);
}

/**
 * Asked by `release` before it deletes. Of a request that was begun after the hold the table knows everything, and a machine that was off for days is no
 * reason to keep a request waiting: so the time of the last sweep is not looked at here. Undefined: it may.
 */
export async function holdOfRequest(
  table: Table,
  { provider, createdAt }: Pick<ImageRequest, "provider" | "createdAt">,
  nowMs: number,
): Promise<string | undefined> {
  const state = await openTidyingStore(table).state(provider);
  const tableId = await table.identity();
  const why = anotherTable(state, tableId);
  const held = why ? await hold(table, provider, { sinceMs: nowMs, why }, state, tableId) : state.held;
  return held && Date.parse(createdAt) < held.sinceMs ? held.why : undefined;
}

/** DynamoDB gives every table that it makes, a restored one too, an id of its own. */
function anotherTable({ tableId: known }: SweepState, tableId: string | undefined): string | undefined {
  if (known === undefined || tableId === undefined || known === tableId) return undefined;
  return "the table is another one than that of the last sweep: it was put back from a backup, or moved";
}

function anotherTime({ activeAtMs }: SweepState, nowMs: number): string | undefined {
  if (activeAtMs === undefined) return undefined;
  const awayMs = nowMs - activeAtMs;
  if (awayMs <= longestGapMs && awayMs >= -clockSkewMs) return undefined;
  return `the last sweep was at ${new Date(activeAtMs).toISOString()}: the table may be an old one, or the clock is wrong`;
}

/** Not where an operator has looked since `seen` was read; whoever read it deletes nothing all the same. */
async function hold(
  table: Table,
  provider: string,
  held: Held,
  seen: SweepState,
  tableId: string | undefined,
): Promise<Held> {
  await openTidyingStore(table).holdUnlessSeen(provider, held, seen, tableId);
  log.error("nothing is deleted until somebody has looked: npm run ops -- reconcile", { provider, why: held.why });
  return held;
}
