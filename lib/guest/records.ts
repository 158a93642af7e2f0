// What a report holds, as the scripts write it: a record a line, fields separated by tabs, texts encoded.

/** Thrown for what is whole and yet not what our scripts write. */
export class Nonsense extends Error {
  override readonly name = "Nonsense";
}

export type Fields = readonly string[];

/** Records of one report by their first word; each is taken out once, and at the end nothing may be left. */
export class Records {
  readonly #byName = new Map<string, string[][]>();
  readonly #omitted = new Map<string, number>();

  constructor(text: string) {
    const lines = text.split("\n");
    if (lines.pop() !== "" || lines.pop() !== "end") throw new Nonsense("the report does not end as it must");
    for (const line of lines) {
      const [name = "", ...fields] = line.split("\t");
      if (name === "omitted") this.#omitted.set(fields[0] ?? "", count(fields[1]));
      else this.#byName.set(name, [...(this.#byName.get(name) ?? []), fields]);
    }
  }

  /** The record that stands exactly once. */
  one<Value>(name: string, width: number, read: (fields: Fields) => Value): Value {
    const found = this.all(name, width, read);
    if (found.length !== 1) throw new Nonsense(`${name} stands ${found.length} times`);
    return found[0] as Value;
  }

  all<Value>(name: string, width: number, read: (fields: Fields) => Value): Value[] {
    const found = this.#byName.get(name) ?? [];
    this.#byName.delete(name);
    return found.map((fields) => {
      if (fields.length !== width) throw new Nonsense(`${name} has ${fields.length} fields, not ${width}`);
      return read(fields);
    });
  }

  listed<Value>(name: string, width: number, read: (fields: Fields) => Value): { items: Value[]; omitted: number } {
    const omitted = this.#omitted.get(name) ?? 0;
    this.#omitted.delete(name);
    return { items: this.all(name, width, read), omitted };
  }

  /** As `all`, where the guest may have had more: then the last item says so. */
  texts(name: string): string[] {
    const { items, omitted } = this.listed(name, 1, ([field]) => decoded(field));
    return omitted === 0 ? items : [...items, `… and ${omitted} more`];
  }

  end(): void {
    const [left] = [...this.#byName.keys(), ...this.#omitted.keys()];
    if (left !== undefined)
      throw new Nonsense(`it holds ${JSON.stringify(left.slice(0, 40))}, which our script does not write`);
  }
}

/** \0ooo is a byte; bytes that are no UTF-8 become U+FFFD. */
export function decoded(field: string | undefined): string {
  if (field === undefined || !/^(?:[ -[\]-~]|\\0[0-3][0-7]{2})*$/.test(field))
    throw new Nonsense("a text is not encoded as it must be");
  const bytes: number[] = [];
  for (const [piece] of field.matchAll(/\\0([0-7]{3})|[^\\]/g))
    bytes.push(piece.length === 1 ? piece.charCodeAt(0) : Number.parseInt(piece.slice(2), 8));
  return Buffer.from(bytes).toString("utf8");
}

export function count(field: string | undefined): number {
  const value = /^\d{1,16}$/.test(field ?? "") ? Number(field) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Nonsense(`a count is ${JSON.stringify(field)}`);
  return value;
}

export function oneOf<const Choice extends string>(choices: readonly Choice[], field: string | undefined): Choice {
  const found = choices.find((choice) => choice === field);
  if (found === undefined) throw new Nonsense(`${JSON.stringify(field)} is none of ${choices.join(", ")}`);
  return found;
}

export function yes(field: string | undefined): boolean {
  return oneOf(["yes", "no"], field) === "yes";
}

/** sha256, hex; empty where `orEmpty`. */
export function hash(field: string | undefined, { orEmpty = false } = {}): string {
  if (field === undefined || !(/^[0-9a-f]{64}$/.test(field) || (orEmpty && field === "")))
    throw new Nonsense("a hash is none");
  return field;
}
