// Where every effect passes: counts them by name, and at the one that is the plan's kills the process that caused it.
import { effectName, type Heard, type Upstream } from "./effect-name.ts";

/** The `nth` effect of a name in a run, and on which side of it the process dies. */
export interface KillPoint {
  readonly name: string;
  readonly nth: number;
  readonly when: "before" | "after";
}

export class Gate {
  /** What the process is at, as the harness told it: the function's name. */
  at = "";
  /** In their order, with the number of each among those of its name. */
  readonly effects: { name: string; nth: number }[] = [];
  killed = false;
  readonly #plan: KillPoint | undefined;
  readonly #kill: () => Promise<void>;
  readonly #counts = new Map<string, number>();

  constructor(plan: KillPoint | undefined, kill: () => Promise<void>) {
    this.#plan = plan;
    this.#kill = kill;
  }

  /** Undefined: the caller is dead, nobody waits for an answer. The effect happened, or did not, as planned. */
  async pass<Answer>(upstream: Upstream, heard: Heard, perform: () => Promise<Answer>): Promise<Answer | undefined> {
    const effect = effectName(upstream, heard);
    if (effect === undefined) return await perform();
    const name = `${this.at} | ${effect}`;
    const nth = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, nth);
    this.effects.push({ name, nth });
    const plan = this.#plan;
    if (this.killed || plan?.name !== name || plan.nth !== nth) return await perform();
    this.killed = true;
    if (plan.when === "after") await perform();
    await this.#kill();
    return undefined;
  }
}
