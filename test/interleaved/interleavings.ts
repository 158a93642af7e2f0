// Every order in which two who act at once can take their turns: each pauses before each of its writes, and goes on when its turn comes.
import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";

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
  /** The write that was let go last. */
  writing: Promise<void> | undefined;
  ended: boolean;
  arrived: () => void;
}

/** No run of the two takes so long; whoever does waits for somebody who waits for their turn. */
const stuckAfterMs = 20_000;
/** More orders than this are too many to go through: make the scene smaller. */
const maxRuns = 20_000;

/** Where more than one could go on. */
interface Choice {
  readonly chosen: number;
  readonly of: number;
}

const present = new AsyncLocalStorage<Part>();

/** Makes this write when its actor has the turn; at once where no actor is at work. */
export async function inTurn<Written>(write: () => Promise<Written>): Promise<Written> {
  const part = present.getStore();
  if (!part || part.ended) return await write();
  await new Promise<void>((go) => {
    part.waiting.push(go);
    part.arrived();
  });
  const written = write();
  part.writing = written.then(
    () => undefined,
    () => undefined,
  );
  return await written;
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
  const parts = actors.map(
    (_, number): Part => ({ number, waiting: [], writing: undefined, ended: false, arrived: () => {} }),
  );
  const choices: Choice[] = [];
  let turns = "";
  // Each begins with its turn, too: what it reads first may come before or after the other's writes.
  for (const [number, part] of parts.entries()) part.waiting.push(() => begin(part, actors[number] as Actor, results));
  for (;;) {
    const able = parts.filter(({ waiting }) => waiting.length > 0);
    if (able.length === 0) return { choices, run: { turns, results } };
    const chosen = able.length === 1 ? 0 : (plan[choices.length] ?? 0);
    if (able.length > 1) choices.push({ chosen, of: able.length });
    const part = able[chosen];
    if (!part) throw treeChanged(turns);
    turns += part.number;
    await takeTurn(part);
  }
}

/** Else orders would be left out without a word. */
const treeChanged = (turns: string) =>
  new Error(
    `the same turns did not lead to the same choices: the scene is not the same in every run (turns "${turns}")`,
  );

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
    // Of several writes that it makes at once the next one waits already: this one is seen to its end, and to what comes right after it.
    part.arrived();
    await setImmediate();
    await part.writing;
    await setImmediate();
  }
  await arrived;
}
