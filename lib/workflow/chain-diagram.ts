// The picture of the chain in the README, made from the table.
import { chain, type StepRow, stepNames } from "./chain.ts";

/** A Mermaid flowchart: each step with what it makes true; every road that fails goes to `release`. */
export function chainDiagram(): string {
  const boxes = stepNames.map((name) => `  ${name}["<b>${name}</b><br/>${chain[name].makesTrue}"]`);
  const arrows = stepNames.flatMap((name) => {
    const row: StepRow<string> = chain[name];
    return row.next === null
      ? [`  ${name} --> ended([completed, denied, expired, cancelled or failed])`]
      : [`  ${name} --> ${row.next}`];
  });
  const failing = `  anywhere([a refusal, a denial, a cancel, anywhere]) -.-> release`;
  return ["flowchart TD", ...boxes, ...arrows, failing].join("\n");
}
