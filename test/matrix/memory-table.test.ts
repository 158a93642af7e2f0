// The table in memory answers as the emulator does, whatever is asked of either.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absent, and, below, between, type Condition, differs, equals, or, present } from "../../lib/aws/condition.ts";
import { openTable, type Table } from "../../lib/aws/table.ts";
import { openBenchTable } from "../chain/bench-table.ts";
import { openMemoryTable } from "./memory-table.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-memory-table-"));
const emulator = await openBenchTable(folder);
const real = openTable("darkroom-bench");
const memory = openMemoryTable();
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

test("what is longer than any key is not there: it may be a text of somebody's", async () => {
  for (const id of ["x".repeat(2048), "x".repeat(2049), "€".repeat(700)])
    expect(await both((table) => table.get(id))).toEqual([undefined, undefined]);
});

const claim = { token: "a", untilMs: 5 };
const conditions: Record<string, Condition> = {
  equal: equals("version", 1),
  unequal: equals("version", 2),
  differs: differs("version", 1),
  "differs from what is absent": differs("nothing", 1),
  below: below("wakeAt", 11),
  "not below": below("wakeAt", 10),
  "below what is absent": below("nothing", 10),
  between: between("name", "a", "c"),
  "not between": between("name", "c", "d"),
  "between what is absent": between("nothing", "a", "c"),
  nested: equals("claim.token", "a"),
  "nested in what is absent": equals("nothing.token", "a"),
  absent: absent("nothing"),
  "not absent": absent("claim"),
  present: present("claim.untilMs"),
  and: and(equals("version", 1), absent("claim.nothing")),
  "and, one not": and(equals("version", 1), absent("claim")),
  or: or(equals("version", 9), and(present("claim"), below("claim.untilMs", 6))),
};

/** What each of the two answers. */
async function both<Answer>(ask: (table: Table) => Promise<Answer>): Promise<[Answer, Answer]> {
  return [await ask(real), await ask(memory)];
}

test.each(Object.keys(conditions))("a write on the condition: %s", async (name) => {
  const id = `item ${name}`;
  const when = conditions[name] ?? absent("id");
  const [put, putHere] = await both((table) =>
    table.putNew({ id, version: 1, name: "b", wakeAt: 10, claim, gone: undefined }),
  );
  expect([put, putHere]).toEqual([true, true]);
  const asks: ((table: Table) => Promise<unknown>)[] = [
    (table: Table) => table.putNew({ id, version: 7 }),
    (table: Table) => table.update(id, { version: 2, claim: undefined, list: [{ a: undefined, b: 1 }] }, when),
    (table: Table) => table.get(id),
    (table: Table) => table.update(`none ${name}`, { version: 2 }, when),
    (table: Table) => table.delete(id, when),
    (table: Table) => table.get(id),
    (table: Table) => table.get(`none ${name}`),
  ];
  for (const ask of asks) {
    const [answer, answerHere] = await both(ask);
    expect(answerHere).toEqual(answer);
  }
});

test("pages of both indexes, either way round, from where the last one ended", async () => {
  for (let at = 0; at < 7; at++) {
    const item = { id: `request#${at}`, projectKey: "p", createdAt: `2026-01-0${9 - at}`, version: at % 2 };
    await both((table) => table.putNew({ ...item, ...(at < 4 && { wakeShard: "s", wakeAt: at }) }));
  }
  const byProject = { index: "byProject", key: equals("projectKey", "p"), limit: 3 } as const;
  const pages = async (table: Table, newestFirst: boolean) => {
    const seen: unknown[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const filter = equals("version", 1);
      const page = await table.query({ ...byProject, filter, newestFirst, ...(after && { after }) });
      seen.push(page.items.map(({ id }) => id));
      after = page.next && { ...page.next, projectKey: "p" };
    } while (after);
    return seen;
  };
  for (const newestFirst of [true, false]) {
    const [answer, answerHere] = await both((table) => pages(table, newestFirst));
    expect(answerHere).toEqual(answer);
  }
  const overdue = { index: "byWake", key: and(equals("wakeShard", "s"), below("wakeAt", 3)), limit: 10 } as const;
  const [answer, answerHere] = await both(async (table) => (await table.query(overdue)).items.map(({ id }) => id));
  expect(answerHere).toEqual(answer);
  expect(answer).toHaveLength(3);
});
