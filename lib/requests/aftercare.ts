// Requests that have ended and had made something: looked after once more, for a call that was lost may land after everything was tidied up.
import { always, and, below, equals } from "../aws/condition.ts";
import type { Table } from "../aws/table.ts";
import type { ImageRequest } from "./image-request.ts";
import { isMade } from "./ledger-entry.ts";

/** The item `aftercare#ID`, in the list `aftercare#PROVIDER` by when it was entered, or is to be looked at again. */
export interface Aftercare {
  readonly requestId: string;
  readonly dueAt: string;
}

/** Written before the end is: whoever dies in between leaves an entry of a live request, which does no harm. */
export async function enterAftercare(
  table: Table,
  { id, provider, ledger }: Pick<ImageRequest, "id" | "provider" | "ledger">,
  nowMs: number,
): Promise<void> {
  if (!ledger.some((entry) => isMade(entry) || entry.kind === "lock")) return;
  const dueAt = new Date(nowMs).toISOString();
  const item = { requestId: id, provider, schemaVersion: 1, listKey: list(provider), listOrder: dueAt };
  await table.update(key(id), item, always);
}

/** Entered before `beforeMs`, the oldest first; as an index knows it. */
export async function listAftercare(
  table: Table,
  provider: string,
  beforeMs: number,
  limit: number,
): Promise<Aftercare[]> {
  const due = and(equals("listKey", list(provider)), below("listOrder", new Date(beforeMs).toISOString()));
  const { items } = await table.query({ index: "byList", key: due, limit });
  return items.map(({ requestId, listOrder }) => ({ requestId: String(requestId), dueAt: String(listOrder) }));
}

/** `enteredAtMs`: as if it had been entered then; undefined: nothing is left to look for. */
export async function settleAftercare(
  table: Table,
  { requestId, dueAt }: Aftercare,
  enteredAtMs: number | undefined,
): Promise<void> {
  const unchanged = equals("listOrder", dueAt);
  if (enteredAtMs === undefined) await table.delete(key(requestId), unchanged);
  else await table.update(key(requestId), { listOrder: new Date(enteredAtMs).toISOString() }, unchanged);
}

const key = (requestId: string) => `aftercare#${requestId}`;
const list = (provider: string) => `aftercare#${provider}`;
