// Kills the process at every effect of every scenario, before it and after it, and prints how each request ended: npm run test:kill
import type { KillPoint } from "./gate.ts";
import { openLane } from "./lane.ts";
import { type Played, play } from "./play.ts";
import { isRow, type Scenario, scenarios } from "./scenario.ts";

const sides = ["after", "before"] as const;
const only = process.argv[2];
const began = performance.now();
const lane = await openLane();
let empty = 0;
let wrong = 0;
let cells = 0;
for (const scenario of scenarios) if (!only || scenario.name.startsWith(only)) await matrixOf(scenario);
await lane.close();
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `\n${cells} deaths: ${cells - wrong - empty} ended well, ${wrong} wrong, ${empty} cells empty; ${seconds} s`,
);
process.exitCode = cells === 0 || wrong + empty > 0 ? 1 : 0;

async function matrixOf(scenario: Scenario): Promise<void> {
  const undisturbed = await play(lane, scenario);
  const effects = undisturbed.effects.filter((effect) => isRow(scenario, effect));
  console.log(
    `\n${scenario.name}: ${undisturbed.effects.length} effects, ${effects.length} rows; undisturbed: ${cellOf(undisturbed, false)}`,
  );
  if (undisturbed.wrong.length > 0) wrong += 1;
  console.log(`${"".padStart(4)} ${"effect".padEnd(86)} ${"killed after".padEnd(18)} killed before`);
  for (const [at, effect] of effects.entries()) {
    const row: string[] = [];
    for (const when of sides) row.push(await cell(scenario, { ...effect, when }));
    const label = `${effect.name}${effect.nth > 1 ? ` (${effect.nth})` : ""}`;
    console.log(
      `${String(at + 1).padStart(4)} ${label.padEnd(86)} ${row
        .map((each) => each.padEnd(18))
        .join(" ")
        .trimEnd()}`,
    );
  }
}

async function cell(scenario: Scenario, point: KillPoint): Promise<string> {
  cells += 1;
  const played = await play(lane, scenario, point);
  const text = cellOf(played, true);
  if (text === "") empty += 1;
  else if (played.wrong.length > 0) wrong += 1;
  return text;
}

/** How it ended and, on the run's clock, after how long; empty where nobody died. */
function cellOf({ status, wrong: what, killed, tookMs }: Played, deadly: boolean): string {
  if (deadly && !killed && what.length === 0) return "";
  const took = `${Math.round(tookMs / 1000)} s`;
  return what.length === 0 ? `${status} ${took}` : `WRONG ${status}: ${what.join("; ")}`;
}
