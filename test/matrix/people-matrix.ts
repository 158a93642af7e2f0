// The matrix of people, as tests: a row a moment of the chain, a column what somebody does then. Printed whole; an empty cell fails.
import type { StepName } from "../../lib/workflow/chain.ts";
import { openGrid } from "./grid.ts";
import { meddlings } from "./meddling.ts";
import { type Moment, tryMeddling } from "./people-cell.ts";
import { inWords, recordPlaces } from "./places.ts";
import { openStage, type RequestName } from "./stage.ts";

export interface PeopleOptions {
  /** Of the provider, beside the bench's own. */
  readonly policy?: Record<string, unknown>;
  /** What people do; absent: everything that they can do to a request that is taken as it is. */
  readonly columns?: readonly string[];
  /** At whose looks; absent: every step's. */
  readonly steps?: readonly StepName[];
  /** Before each look only, not after each of its calls as well. */
  readonly looksOnly?: boolean;
  readonly speed?: number;
}

export async function peopleMatrix(
  name: RequestName,
  what: string,
  { policy = {}, columns = Object.keys(meddlings), steps, looksOnly = false, speed = 1 }: PeopleOptions = {},
): Promise<void> {
  const stage = await openStage(policy, { speed });
  const { places, calls } = await recordPlaces(stage, name);
  const moments = places
    .filter(({ step }) => steps?.includes(step) ?? true)
    .flatMap((place): Moment[] => [
      place,
      ...calls.filter(({ step, wait }) => !looksOnly && step === place.step && wait === place.wait),
    ]);
  const rows = moments.map((moment) => {
    return { moment, row: `${inWords(moment)} | ${moment.call ? "answered" : "before it looks"}` };
  });
  const grid = openGrid(
    `people meddling with ${name}, ${what}`,
    rows.map(({ row }) => row),
    columns,
  );
  let well = 0;
  describe(`${name}`, () => {
    afterAll(async () => {
      await stage.close();
      process.stdout.write(`\n${grid.print()}`);
    });

    test.each(rows)("$row", async ({ moment, row }) => {
      const wrong: string[] = [];
      for (const meddling of columns) {
        const result = await tryMeddling(stage, name, moment, meddling);
        grid.set(row, meddling, result.ending);
        if (result.ending.startsWith("completed")) well += 1;
        wrong.push(...result.wrong.map((each) => `${meddling}: ${each} (${result.ending})`));
      }
      expect(wrong).toEqual([]);
    });

    test("no cell is empty, and what people may do ended well", () => {
      expect(grid.empty()).toEqual([]);
      expect(well / (rows.length * columns.length)).toBeGreaterThan(0.4);
    });
  });
}
