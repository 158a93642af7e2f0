// What the store promises about milestones: written with the outcome that passes them, found until they were told.

import type { Table } from "../../lib/aws/table.ts";
import { openNoticeStore } from "../../lib/notify/notice-store.ts";
import type { ImageRequest } from "../../lib/requests/image-request.ts";
import { firstMilestones } from "../../lib/requests/milestones.ts";
import type { Outcome } from "../../lib/requests/store.ts";
import { nowMs, openStore, sampleRequest } from "./sample-request.ts";

let opened: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  opened = await openStore();
});
afterAll(() => opened.close());

const at = new Date(nowMs).toISOString();
async function stored(more: Partial<ImageRequest> = {}): Promise<ImageRequest> {
  const request = sampleRequest({ milestones: firstMilestones(at), ...more });
  await opened.store.create(request);
  return request;
}

async function settled(request: ImageRequest, more: Partial<Outcome>): Promise<ImageRequest> {
  const { id, step, version, learned, ledger, timeline } = request;
  const held = await opened.store.claim(id, step, version, { token: "t", untilMs: nowMs + 60_000 }, nowMs);
  if (!held) throw new Error("not claimed");
  const outcome = { step, learned, ledger, timeline, wakeAtMs: nowMs + 5_000, ...more };
  const written = await opened.store.settle(held, outcome, nowMs);
  if (!written) throw new Error("not written");
  return written;
}

/** Is it found by the clock, from `afterMs` on? */
async function isDue(table: Table, { id }: ImageRequest, afterMs = 60_001): Promise<boolean> {
  const found = await openNoticeStore(table).overdue(nowMs + afterMs, 100);
  return found.some(({ key }) => key === `request#${id}`);
}

test("what was stored is to be told, but not before its poke should have come", async () => {
  const request = await stored();
  expect(await isDue(opened.table, request, 59_000)).toBe(false);
  expect(await isDue(opened.table, request)).toBe(true);
  expect(await opened.store.outbox(request.id)).toEqual({ request, told: 0, due: true });
});

test("told, it is found no more, until the next milestone is passed; an outcome without one leaves it so", async () => {
  const request = await stored();
  expect(await opened.store.allTold(request)).toBe(true);
  expect(await isDue(opened.table, request)).toBe(false);
  const looked = await settled(request, { step: "approve" });
  expect(looked.milestones).toEqual(request.milestones);
  expect(await isDue(opened.table, request)).toBe(false);
  const started = await settled(looked, { step: "quiesce" });
  expect(started.milestones?.map(({ kind }) => kind)).toEqual(["received", "started"]);
  expect(await isDue(opened.table, request)).toBe(true);
  expect(await opened.store.outbox(request.id)).toMatchObject({ told: 1 });
});

test("what was passed while somebody told the rest stays to be told", async () => {
  const request = await stored({ step: "approve" });
  const seen = await opened.store.outbox(request.id);
  await settled(request, { step: "quiesce" });
  expect(await opened.store.allTold(seen?.request ?? request)).toBe(false);
  expect(await isDue(opened.table, request)).toBe(true);
});

test("an outcome that lost its claim passes nothing", async () => {
  const request = await stored({ step: "approve" });
  const { id, learned, ledger, timeline } = request;
  const held = await opened.store.claim(id, "approve", 1, { token: "t", untilMs: nowMs }, nowMs);
  if (!held) throw new Error("not claimed");
  const outcome = { step: "quiesce", learned, ledger, timeline, wakeAtMs: nowMs } as const;
  const lost = { ...held, claim: { ...held.claim, token: "another" } };
  expect(await opened.store.settle(lost, outcome, nowMs)).toBeUndefined();
  expect((await opened.store.get(id))?.milestones).toEqual(request.milestones);
});
