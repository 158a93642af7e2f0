// Junk at every operation, as tests: so many calls in all, by one seed; how each operation answered is printed.

import * as fc from "fast-check";
import { allOperations } from "../../events/operations/index.ts";
import { type JunkStage, openJunkStage } from "./stage.ts";
import { thrown } from "./thrown.ts";

export function throwJunk({ calls, seed }: { calls: number; seed: number }): void {
  const each = Math.ceil(calls / allOperations.length);
  let stage: JunkStage;
  beforeAll(async () => {
    stage = await openJunkStage();
  });
  afterAll(async () => {
    await stage?.close();
    process.stdout.write(`${printed(stage.counts, seed)}\n`);
  });

  test.each(allOperations.map(({ id }) => id))("%s answers all of it, and never with 5xx", async (id) => {
    const property = fc.asyncProperty(thrown, async (call) => void (await stage.throwAt(id, call)));
    await fc.assert(property, { seed, numRuns: each, endOnFailure: true });
    // A door that is shut to everything would pass, too.
    const statuses = [...(stage.counts.get(id)?.keys() ?? [])];
    expect([id, statuses.some((status) => status < 300)]).toEqual([id, stage.canBeTaken(id)]);
  });
}

function printed(counts: JunkStage["counts"], seed: number): string {
  const statuses = [...new Set([...counts.values()].flatMap((byStatus) => [...byStatus.keys()]))].sort((a, b) => a - b);
  const width = Math.max(...[...counts.keys()].map((id) => id.length)) + 2;
  const rows = [...counts].map(([id, byStatus]) =>
    [id.padEnd(width), ...statuses.map((status) => String(byStatus.get(status) ?? ".").padStart(7))].join(""),
  );
  const all = [...counts.values()].flatMap((byStatus) => [...byStatus]);
  const total = (wanted: (status: number) => boolean) =>
    all.filter(([status]) => wanted(status)).reduce((sum, [, count]) => sum + count, 0);
  return [
    ["".padEnd(width), ...statuses.map((status) => String(status).padStart(7))].join(""),
    ...rows,
    `${total(() => true)} calls at ${counts.size} operations, seed ${seed}: ${total((status) => status < 300)} taken, ${total((status) => status >= 500)} with 5xx`,
  ].join("\n");
}
