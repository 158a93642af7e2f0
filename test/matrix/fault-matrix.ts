// The matrix of faults for one span, as tests: a row a call of a step, a column a kind. Printed whole; an empty cell fails.
import type { FaultKind } from "../../infra/simulated-openstack/index.ts";
import type { StepName } from "../../lib/workflow/chain.ts";
import { type CellResult, type Span, tryFault, whensOf } from "./fault-cell.ts";
import { openGrid } from "./grid.ts";
import { inWords, recordPlaces } from "./places.ts";
import { goalOf, openStage, type RequestName } from "./stage.ts";

/** `steps`: whose calls are its rows; absent: every one's. `call`: only rows of this one. */
export async function faultMatrix(
  name: RequestName,
  span: Span,
  kinds: readonly FaultKind[],
  { steps, call, speed = 1 }: { steps?: readonly StepName[]; call?: string; speed?: number } = {},
): Promise<void> {
  const stage = await openStage({}, { speed });
  const { calls } = await recordPlaces(stage, name);
  const rows = calls
    .filter((place) => (steps?.includes(place.step) ?? true) && (call === undefined || place.call === call))
    .flatMap((place) => {
      return whensOf(place).map((when) => ({ place, when, row: `${inWords(place)} | ${when}` }));
    });
  const columns = kinds.map(String);
  const grid = openGrid(
    `faults at every call of ${name}, for ${span === "ever" ? "ever" : `one ${span}`}`,
    rows.map(({ row }) => row),
    columns,
  );
  const results: CellResult[] = [];
  describe(`${name}`, () => {
    afterAll(async () => {
      await stage.close();
      const most = (count: (result: CellResult) => number) => Math.max(0, ...results.map(count));
      const bounds = `at most ${most(({ looks }) => looks)} looks and ${most(({ calls }) => calls)} calls a request`;
      process.stdout.write(`\n${grid.print()}${bounds}\n`);
    });

    test.each(rows)("$row", async ({ place, when, row }) => {
      const wrong: string[] = [];
      for (const kind of kinds) {
        const result = await tryFault(stage, name, { place, kind, when, span });
        results.push(result);
        grid.set(row, String(kind), result.ending);
        wrong.push(...result.wrong.map((each) => `${kind}: ${each}`));
      }
      expect(wrong).toEqual([]);
    });

    test("no cell is empty, and what passes ended well", () => {
      expect(grid.empty()).toEqual([]);
      const well = results.filter(({ ending }) => ending === goalOf(name)).length;
      expect(well / results.length).toBeGreaterThan(span === "ever" ? 0.1 : 0.6);
    });
  });
}
