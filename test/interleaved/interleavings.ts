// Every order in which two who act at once can take their turns: each pauses before each of its writes, and goes on when its turn comes.
import { AsyncLocalStorage } from "node:async_hooks";

/** Somebody who acts; what it does runs until its next gate whenever it has the turn. */
export type Actor = () => Promise<unknown>;

export interface Run {
  /** Who had each turn: "0110". */
  readonly turns: string;
  /** What each came to, or the error that it threw. */
  readonly results: readonly unknown[];
}

interface Part {
  readonly number: number;
  /** Those that wait at a gate for this actor's turn. */
  readonly waiting: (() => void)[];
  ended: boolean;
  arrived: () => void;
}

/** No run of the two takes so long; whoever does waits for somebody who waits for their turn. */
const stuckAfterMs = 20_000;
/** More orders than this are too many to go through: make the scene smaller. */
const maxRuns = 5_000;

const present = new AsyncLocalStorage<Part>();

/** To be awaited before a write. Does nothing where no actor is at work. */
export function gate(): Promise<void> {
  const part = present.getStore();
  if (!part || part.ended) return Promise.resolve();
  return new Promise((go) => {
    part.waiting.push(go);
    part.arrived();
  });
}

/** Sets the scene anew for each order, plays it, and tells of it; the number of orders. */
export async function everyInterleaving(
  set: () => Promise<readonly Actor[]>,
  judge: (run: Run) => Promise<void>,
): Promise<number> {
  let plan: number[] = [];
  for (let runs = 1; ; runs++) {
    if (runs > maxRuns) throw new Error(`more than ${maxRuns} orders`);
    const { choices, run } = await playOrder(await set(), plan);
    await judge(run);
    const last = choices.findLastIndex(({ chosen, of }) => chosen + 1 < of);
    if (last < 0) return runs;
    plan = [...choices.slice(0, last).map(({ chosen }) => chosen), (choices[last]?.chosen ?? 0) + 1];
  }
}

async function playOrder(actors: readonly Actor[], plan: readonly number[]) {
  const results: unknown[] = [];
  const parts = actors.map((_, number): Part => ({ number, waiting: [], ended: false, arrived: () => {} }));
  const choices: { chosen: number; of: number }[] = [];
  let turns = "";
  // Each begins with its turn, too: what it reads first may come before or after the other's writes.
  for (const [number, part] of parts.entries()) part.waiting.push(() => begin(part, actors[number] as Actor, results));
  for (;;) {
    const able = parts.filter(({ waiting }) => waiting.length > 0);
    if (able.length === 0) return { choices, run: { turns, results } };
    const chosen = able.length === 1 ? 0 : (plan[choices.length] ?? 0);
    if (able.length > 1) choices.push({ chosen, of: able.length });
    const part = able[chosen] as Part;
    turns += part.number;
    await takeTurn(part);
  }
}

function begin(part: Part, actor: Actor, results: unknown[]): void {
  const end = (result: unknown) => {
    results[part.number] = result;
    part.ended = true;
    part.arrived();
  };
  present.run(part, actor).then(end, end);
}

/** Lets it go on to its next gate, or to its end. */
async function takeTurn(part: Part): Promise<void> {
  const arrived = new Promise<void>((resolve, reject) => {
    const stuck = setTimeout(
      () => reject(new Error(`actor ${part.number} does not come to its next write`)),
      stuckAfterMs,
    );
    part.arrived = () => {
      clearTimeout(stuck);
      resolve();
    };
  });
  part.waiting.shift()?.();
  if (part.waiting.length > 0) {
    // Of several writes that it makes at once the next one waits already; what the first leads to comes in the meantime.
    part.arrived();
    await new Promise((go) => setTimeout(go, 5));
  }
  await arrived;
}
