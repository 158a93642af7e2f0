// The table in memory, for what must run thousands of requests: the same conditions, read from the same expressions. Compared with the emulator by its test.
import { randomUUID } from "node:crypto";
import { type Condition, Terms } from "../../lib/aws/condition.ts";
import type { Item, PageQuery, Table } from "../../lib/aws/table.ts";

export interface MemoryTable extends Table {
  /** Everything that is in it; change it and the table is changed. */
  readonly items: Map<string, Item>;
  /** What `identity` says. */
  tableId: string;
}

/** As infra/aws/table.yml declares them: the index's own key is the condition's, this is what its pages are ordered by. */
const orderOf: Record<string, string> = {
  byProject: "createdAt",
  byWake: "wakeAt",
  byList: "listOrder",
  byApproval: "approvalSince",
  byUser: "createdAt",
  byLife: "lifeAt",
};

export function openMemoryTable(): MemoryTable {
  const items = new Map<string, Item>();
  const holds = (id: string, when: Condition) => meets(items.get(id) ?? {}, when);
  const table: MemoryTable = {
    items,
    tableId: randomUUID(),
    identity: async () => table.tableId,
    get: async (id) => copy(items.get(id)),
    async putNew(item) {
      if (items.has(item.id)) return false;
      items.set(item.id, stored(item));
      return true;
    },
    async update(id, set, when) {
      if (!holds(id, when)) return undefined;
      const item = stored({ ...items.get(id), ...set, id });
      items.set(id, item);
      return copy(item);
    },
    async delete(id, when) {
      if (!holds(id, when)) return false;
      items.delete(id);
      return true;
    },
    async query({ index, key, filter, limit, newestFirst = false, after }: PageQuery) {
      const order = orderOf[index];
      if (order === undefined) throw new Error(`no index ${index}`);
      const found = [...items.values()]
        .filter((item) => item[order] !== undefined && meets(item, key))
        .sort((a, b) => compare(a[order], b[order]) || compare(a.id, b.id));
      if (newestFirst) found.reverse();
      const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after.id) + 1;
      const page = found.slice(from, from + limit);
      const shown = page
        .filter((item) => filter === undefined || meets(item, filter))
        .map((item) => structuredClone(item));
      const last = page.at(-1);
      return found.length > from + limit && last
        ? { items: shown, next: { id: last.id, [order]: last[order] } }
        : { items: shown };
    },
  };
  return table;
}

function copy(item: Item | undefined): Item | undefined {
  return structuredClone(item);
}

/** As it would come back: without what is undefined, wherever it stands. */
function stored(item: Item): Item {
  return JSON.parse(JSON.stringify(item));
}

function compare(a: unknown, b: unknown): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : a === b ? 0 : 1;
}

function meets(item: object, condition: Condition): boolean {
  const terms = new Terms();
  return read(condition(terms), item, terms);
}

/** `(…) AND (…)`, `(…) OR (…)`, one comparison, or one function: what lib/aws/condition.ts writes, and an error for anything else. */
function read(expression: string, item: object, terms: Terms): boolean {
  const { parts, joint } = split(expression);
  if (joint === "AND") return parts.every((part) => read(part, item, terms));
  if (joint === "OR") return parts.some((part) => read(part, item, terms));
  if (parts.length === 1 && parts[0] !== expression) return read(parts[0] ?? "", item, terms);

  const existence = /^attribute_(not_)?exists\(([^()]+)\)$/.exec(expression);
  if (existence) return (attribute(item, existence[2] ?? "", terms) === undefined) === (existence[1] === "not_");
  const range = /^(#\S+) BETWEEN (:v\d+) AND (:v\d+)$/.exec(expression);
  if (range) {
    const found = attribute(item, range[1] ?? "", terms);
    const [from, until] = [terms.values[range[2] ?? ""], terms.values[range[3] ?? ""]];
    return found !== undefined && compare(found, from) >= 0 && compare(found, until) <= 0;
  }
  const comparison = /^(#\S+) (=|<>|<) (:v\d+)$/.exec(expression);
  if (!comparison) throw new Error(`the table in memory cannot read the condition ${expression}`);
  const found = attribute(item, comparison[1] ?? "", terms);
  const wanted = terms.values[comparison[3] ?? ""];
  if (typeof wanted === "object") throw new Error(`the table in memory compares no maps: ${expression}`);
  if (comparison[2] === "<") return found !== undefined && compare(found, wanted) < 0;
  return (JSON.stringify(found) === JSON.stringify(wanted)) === (comparison[2] === "=");
}

/** The parts in the outermost parentheses, and what joins them. */
function split(expression: string): { parts: string[]; joint?: string } {
  if (!expression.startsWith("(")) return { parts: [expression] };
  const parts: string[] = [];
  const joints = new Set<string>();
  for (let rest = expression; rest !== ""; ) {
    const end = closing(rest);
    parts.push(rest.slice(1, end));
    const joint = /^ (AND|OR) /.exec(rest.slice(end + 1));
    if (joint?.[1]) joints.add(joint[1]);
    rest = rest.slice(end + 1 + (joint?.[0].length ?? 0));
  }
  const [joint] = joints;
  if (joints.size > 1) throw new Error(`AND and OR side by side: ${expression}`);
  return joint === undefined ? { parts } : { parts, joint };
}

function closing(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")" && --depth === 0) return at;
  }
  throw new Error(`a parenthesis is open in ${text}`);
}

function attribute(item: object, path: string, terms: Terms): unknown {
  return path.split(".").reduce<unknown>((within, part) => {
    return typeof within === "object" && within !== null
      ? (within as Record<string, unknown>)[terms.names[part] ?? ""]
      : undefined;
  }, item);
}
