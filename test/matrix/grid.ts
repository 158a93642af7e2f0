// Prints a matrix: one letter a cell, and below what each letter stands for and how often it is there.

export interface Grid {
  set(row: string, column: string, value: string): void;
  /** Cells that were never set. */
  empty(): string[];
  print(): string;
}

export function openGrid(title: string, rows: readonly string[], columns: readonly string[]): Grid {
  const cells = new Map<string, string>();
  const key = (row: string, column: string) => `${row}\0${column}`;
  return {
    set: (row, column, value) => void cells.set(key(row, column), value),
    empty: () =>
      rows.flatMap((row) =>
        columns.filter((column) => !cells.has(key(row, column))).map((column) => `${row} x ${column}`),
      ),
    print() {
      const letters = lettersOf([...cells.values()]);
      const counts = new Map<string, number>();
      for (const value of cells.values()) counts.set(value, (counts.get(value) ?? 0) + 1);
      const width = Math.max(...rows.map((row) => row.length));
      const lines = rows.map((row) => {
        const shown = columns
          .map((column) => letters.get(cells.get(key(row, column)) ?? "") ?? "?")
          .map((letter) => letter.padStart(3));
        return `${row.padEnd(width)} ${shown.join("")}`;
      });
      const head = `${"".padEnd(width)} ${columns.map((_, at) => String(at + 1).padStart(3)).join("")}`;
      return [
        `${title}: ${rows.length} rows x ${columns.length} columns, ${cells.size} cells, ${this.empty().length} empty`,
        columns.map((column, at) => `${at + 1} ${column}`).join(" · "),
        head,
        ...lines,
        ...[...letters].map(([value, letter]) => `${letter.padStart(3)} = ${value}: ${counts.get(value)}`),
        "",
      ].join("\n");
    },
  };
}

/** What is said most often first; what went well is a dot. */
function lettersOf(values: readonly string[]): Map<string, string> {
  const distinct = [...new Set(values)].sort(
    (a, b) => values.filter((v) => v === b).length - values.filter((v) => v === a).length,
  );
  let next = 0;
  const letter = () => {
    const at = next++;
    return at < 26
      ? String.fromCharCode(65 + at)
      : `${String.fromCharCode(64 + Math.floor(at / 26))}${String.fromCharCode(97 + (at % 26))}`;
  };
  return new Map(distinct.map((value) => [value, value === "completed" ? "." : letter()]));
}
