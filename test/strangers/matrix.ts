// Runs a row of the table: every caller's call, what it was answered, and that whoever was refused changed nothing and learned nothing.
import { changesSomething } from "../../events/operation.ts";
import { allOperations } from "../../events/operations/index.ts";
import { type Caller, callers, outsiders } from "./callers.ts";
import { operationOf, type Row } from "./table.ts";
import { type Kind, makers, type The, type Thing } from "./things.ts";
import type { Answered, Input, Venue } from "./venue.ts";

/** Statuses by caller, as they were answered. */
export type Answers = Partial<Record<Caller, number>>;

/** The things that all rows share, each made once. */
export function openMatrix(venue: Venue) {
  const shared = new Map<Kind, Promise<Thing>>();
  const sharedThing = (kind: Kind): Promise<Thing> => {
    const made = shared.get(kind) ?? makers[kind](venue, false, the);
    shared.set(kind, made);
    return made;
  };
  const the: The = handing(async (kind) => (await sharedThing(kind)).id);

  const called = async (operation: string, caller: Caller, input: Input) =>
    await venue.call(operation, await venue.token(caller), input);

  /** To who may not see it a thing is as one that never was: status, headers and body, but for its id. */
  const expectNothingLearned = async (operation: string, caller: Caller, row: Row) => {
    const ids: string[] = [];
    const input = await row.call(
      handing(async (kind) => noting(ids, (await sharedThing(kind)).id)),
      venue,
    );
    const seen = shown(await called(operation, caller, input), ids);
    if (ids.length > 0) {
      const never = await called(operation, caller, replacing(input, ids, neverWas));
      expect([caller, seen]).toEqual([caller, shown(never, ids.map(neverWas))]);
    }
    const owned = [...shared].filter(([kind]) => kind !== "strangersProject");
    const owners = await Promise.all(owned.map(async ([, thing]) => (await thing).id));
    expect([caller, owners.filter((id) => JSON.stringify(seen).includes(id))]).toEqual([caller, []]);
  };

  const accepted = async (operation: string, caller: Caller, row: Row): Promise<number> => {
    const own: Thing[] = [];
    const input = await row.call(
      handing(async (kind) => {
        if (!row.spends?.includes(kind)) return (await sharedThing(kind)).id;
        const thing = await makers[kind](venue, true, the);
        own.push(thing);
        return thing.id;
      }),
      venue,
    );
    const { status, headers, body } = await called(operation, caller, input);
    // Whoever goes by the type must find what it says.
    expect([caller, body === undefined]).toEqual([caller, headers["content-type"] === undefined]);
    if (status < 300) {
      await row.after?.(venue, body);
      for (const thing of own) await thing.end?.();
    }
    return status;
  };

  return {
    the,
    /** What each caller was answered; fails where one who was refused changed or learned anything. */
    async run(name: string, row: Row): Promise<Answers> {
      const operation = operationOf(name);
      await venue.rest();
      const expected = expectedOf(row);
      const answers: Answers = {};
      const input = await row.call(the, venue);
      const before = await venue.state();
      for (const caller of callers.filter((each) => expected[each] >= 400)) {
        answers[caller] = (await called(operation, caller, input)).status;
      }
      expect(answers).toEqual(Object.fromEntries(Object.entries(expected).filter(([, status]) => status >= 400)));
      for (const caller of callers.filter((each) => outsiders.includes(each) || expected[each] === 404)) {
        if (row.parties?.includes(caller)) continue;
        if (expected[caller] >= 400 || !changes(operation)) await expectNothingLearned(operation, caller, row);
      }
      expect(await venue.state()).toEqual(before);
      for (const caller of callers.filter((each) => expected[each] < 400)) {
        answers[caller] = await accepted(operation, caller, row);
      }
      return answers;
    },
  };
}

export function expectedOf({ statuses }: Row): Record<Caller, number> {
  const numbers = statuses.trim().split(/\s+/).map(Number);
  if (numbers.length !== callers.length || numbers.some((status) => !(status >= 200 && status < 600))) {
    throw new Error(`a row needs a status for each of ${callers.length} callers: ${statuses}`);
  }
  return Object.fromEntries(callers.map((caller, at) => [caller, numbers[at]])) as Record<Caller, number>;
}

function changes(id: string): boolean {
  const operation = allOperations.find((each) => each.id === id);
  if (!operation) throw new Error(`there is no operation ${id}`);
  return changesSomething(operation);
}

function handing(hand: (kind: Kind) => Promise<string>): The {
  const kinds = Object.keys(makers) as Kind[];
  return Object.fromEntries(kinds.map((kind) => [kind, () => hand(kind)])) as unknown as The;
}

function noting(list: string[], id: string): string {
  list.push(id);
  return id;
}

/** Of the same shape, and of nothing: each digit of its random part is another. */
export function neverWas(id: string): string {
  return id.replace(/[0-9a-f]{8,}/, (random) => random.replace(/./g, (digit) => otherDigit(digit)));
}

function otherDigit(digit: string): string {
  return ((Number.parseInt(digit, 16) + 1) % 16).toString(16);
}

export function replacing<Within>(within: Within, ids: readonly string[], by: (id: string) => string): Within {
  return JSON.parse(ids.reduce((text, id) => text.replaceAll(id, by(id)), JSON.stringify(within)));
}

/** Without the ids that were called for, the time of day, and what OpenStack calls each call. */
function shown({ status, headers, body }: Answered, ids: readonly string[]) {
  const { date: _date, ...kept } = headers;
  const seen = replacing({ status, headers: kept, body: body ?? null }, ids, () => "ID");
  return JSON.parse(JSON.stringify(seen).replaceAll(/req-[0-9a-f-]{36}/g, "req-ID"));
}
