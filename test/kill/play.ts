// One run: a scenario, with a death or without.
import { serverAsSeen, wrongs } from "./ending.ts";
import type { KillPoint } from "./gate.ts";
import type { Lane } from "./lane.ts";
import type { Scenario } from "./scenario.ts";

export interface Played {
  /** How the request ended. */
  readonly status: string;
  readonly wrong: readonly string[];
  /** False where the effect at which to die never came. */
  readonly killed: boolean;
  readonly effects: readonly { name: string; nth: number }[];
  /** On the run's clock. */
  readonly tookMs: number;
}

export async function play(lane: Lane, scenario: Scenario, point?: KillPoint): Promise<Played> {
  const run = await lane.begin(point, scenario);
  try {
    const found = serverAsSeen(run, scenario.server);
    const request = await scenario.play(run, scenario);
    const tookMs = run.tookMs();
    const { killed, effects } = { killed: run.killed, effects: [...run.effects] };
    const wrong = await wrongs(lane, run, { scenario, request, found });
    return { status: request.end?.status ?? "live", wrong, killed, effects, tookMs };
  } catch (error) {
    return { status: "broken", wrong: [String(error)], killed: run.killed, effects: run.effects, tookMs: run.tookMs() };
  } finally {
    await run.end();
  }
}
