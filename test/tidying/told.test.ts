// What owners really hear of an image on its way out: the function of the clock itself, day by day, and the mails and webhooks that went out.
import type { Context } from "aws-lambda";
import { handler } from "../../functions/cron/sweep-images.ts";
import { announce } from "../../lib/tidying/announce.ts";
import type { TidyingNotice } from "../../lib/tidying/notice.ts";
import { sweepProvider } from "../../lib/tidying/sweep.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { type NoticeBench, register, startNoticeBench } from "../notices/notice-bench.ts";
import { bootFrom, dayMs, putImage, snapshotOf } from "./shelf.ts";

let bench: NoticeBench;
afterEach(() => bench.close());

const begin = async (policy: Record<string, unknown> = {}) => {
  const tidying = { enabled: true, tellDays: 2, hideDays: 2 };
  bench = await startNoticeBench({ table: openMemoryTable(), policy: { staffCloud: "admin", tidying, ...policy } });
};
const putSnapshot = (name = "old") =>
  putImage(bench, name, { properties: snapshotOf("gone", { user_id: bench.cloud.ids.user("alice") }) });
const isThere = (id: string) => bench.cloud.state.images[id] !== undefined;

/** A pass on each of so many days, and all that it had to say delivered. */
const days = async (count: number) => {
  for (let day = 0; day < count; day++) {
    bench.clock.advance(dayMs);
    await handler({}, context as Context);
    await bench.tell();
  }
};
const context: Partial<Context> = { getRemainingTimeInMillis: () => 900_000 };
const webhooks = () => bench.received.map(({ payload }) => payload.type.replace("image.", ""));

test("used again and unused once more: every stage of the second round is told anew, before the image goes", async () => {
  await begin();
  await register(bench);
  const id = putSnapshot();
  await days(3);
  expect(webhooks()).toEqual(["cleanup-announced", "hidden"]);
  bootFrom(bench, "genome-1", id);
  await days(1);
  bootFrom(bench, "genome-1", bench.cloud.ids.image("taken-name"));
  await days(1);
  expect(webhooks().slice(2)).toEqual(["cleanup-announced"]);
  await days(4);
  expect([isThere(id), webhooks().slice(2)]).toEqual([false, ["cleanup-announced", "hidden", "deleted"]]);
});

test.each(["told", "hidden"] as const)("a run that dies after it said %s: it is said once", async (kind) => {
  await begin();
  await register(bench);
  const id = putSnapshot();
  if (kind === "hidden") await days(2);
  bench.clock.advance(dayMs);
  const said = bench.received.length;
  const dies = async (notice: TidyingNotice) => {
    await announce(bench.runtime, notice);
    throw new Error("killed");
  };
  const provider = bench.runtime.providers.all[0];
  if (!provider) throw new Error("no provider");
  const run = { signal: new AbortController().signal, remainingMs: () => 900_000, tell: dies };
  await expect(sweepProvider(bench.runtime, provider, run)).rejects.toThrow("killed");
  await days(1);
  expect(webhooks().slice(said)).toEqual([kind === "told" ? "cleanup-announced" : "hidden"]);
  await days(kind === "told" ? 4 : 2);
  expect(isThere(id)).toBe(false);
});
