// Messages on the queues' real protocol that are no good, or come when all is over: none stays, none does anything.
import { stepNames } from "../../lib/workflow/chain.ts";
import { serverAsSeen, wrongs } from "./ending.ts";
import { type Lane, openLane } from "./lane.ts";
import { post, scenarios } from "./scenario.ts";

const [scenario] = scenarios;
if (!scenario) throw new Error("no scenario");
let lane: Lane;
beforeAll(async () => {
  lane = await openLane();
});
afterAll(() => lane.close());

test("garbage, and a message for another step, in every queue: each is taken away and the request completes", async () => {
  const run = await lane.begin(undefined, {});
  try {
    const found = serverAsSeen(run, scenario.server);
    const id = await post(run, scenario);
    for (const step of stepNames) {
      const other = step === "release" ? "check" : "release";
      for (const body of ["{", "null", JSON.stringify({ schemaVersion: 1, requestId: id, step: other, version: 1 })])
        await run.put(step, body);
    }
    const request = await run.drive(id);
    expect(await wrongs(lane, run, { scenario, request, found })).toEqual([]);
  } finally {
    await run.end();
  }
});

test("messages redriven once the request has ended, the last, the one before and the first, for every step, do nothing", async () => {
  const run = await lane.begin(undefined, {});
  try {
    const found = serverAsSeen(run, scenario.server);
    const request = await run.drive(await post(run, scenario));
    await run.drain(); // what its end is told with
    const versions = [request.version, request.version - 1, 1];
    for (const version of versions)
      for (const step of stepNames)
        await run.put(step, JSON.stringify({ schemaVersion: 1, requestId: request.id, step, version }));
    expect(await run.messages()).toBe(versions.length * stepNames.length);
    expect(await wrongs(lane, run, { scenario, request, found })).toEqual([]);
  } finally {
    await run.end();
  }
});
