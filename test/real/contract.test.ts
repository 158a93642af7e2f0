// The contract, held against the real cloud; then the same against the simulated one: they must answer alike.
import { factNames, subjects } from "../contract/facts/index.ts";
import { differences, type Findings, runFacts } from "../contract/run-facts.ts";
import { realVenue, simulatedVenue } from "../contract/venues.ts";

let real: Findings;
let simulated: Findings;

beforeAll(async () => {
  real = await runFacts(await realVenue(), subjects);
  simulated = await runFacts(await simulatedVenue(), subjects);
  console.log(
    `${real.held.length} facts in ${real.tookMs} ms; simulated ${simulated.held.length} in ${simulated.tookMs} ms`,
  );
});

test.each(factNames)("%s", (name) => {
  expect(real.failed.find((one) => one.name === name)?.why).toBeUndefined();
  expect(real.held.map((one) => one.name)).toContain(name);
});

test("everything that was made is taken away again", () => {
  expect(real.left).toBeUndefined();
});

test("the simulated cloud answers like the real one", () => {
  expect(differences(real, simulated)).toEqual([]);
});
