// The matrix as tests, on whichever cloud the venue is.
import { allOperations } from "../../events/operations/index.ts";
import { type Caller, callers } from "./callers.ts";
import { type Answers, expectedOf, openMatrix } from "./matrix.ts";
import { operationOf, table } from "./table.ts";
import type { Venue } from "./venue.ts";

export function testMatrix(openVenue: () => Promise<Venue>): void {
  let venue: Venue;
  let matrix: ReturnType<typeof openMatrix>;
  const answered = new Map<string, Answers>();
  beforeAll(async () => {
    venue = await openVenue();
    matrix = openMatrix(venue);
  });
  afterAll(async () => {
    await venue?.close();
    process.stdout.write(`${printed(answered)}\n`);
  });

  test("every operation has its row, and every row an operation", () => {
    const rows = new Set(Object.keys(table).map(operationOf));
    expect([...rows].sort()).toEqual(allOperations.map(({ id }) => id).sort());
  });

  test.each(Object.keys(table))("%s", async (operation) => {
    const row = table[operation];
    if (!row) throw new Error(`no row ${operation}`);
    const answers = await matrix.run(operation, row);
    answered.set(operation, answers);
    expect(answers).toEqual(expectedOf(row));
  });
}

function printed(answered: ReadonlyMap<string, Answers>): string {
  const width = Math.max(...[...answered.keys()].map((id) => id.length), 0) + 2;
  const line = (first: string, cells: readonly string[]) =>
    first.padEnd(width) + cells.map((cell) => cell.padEnd(10)).join("");
  const statusOf = (answers: Answers, caller: Caller) => String(answers[caller] ?? "-");
  const rows = [...answered].map(([id, answers]) =>
    line(
      id,
      callers.map((caller) => statusOf(answers, caller)),
    ),
  );
  const cells = [...answered.values()].flatMap((answers) => Object.values(answers));
  const refused = cells.filter((status) => status >= 400).length;
  const operations = new Set([...answered.keys()].map(operationOf)).size;
  const count = `${operations} operations in ${answered.size} rows x ${callers.length} callers: ${cells.length} cells, ${cells.length - refused} accepted, ${refused} refused`;
  return [line("", callers), ...rows, count].join("\n");
}
