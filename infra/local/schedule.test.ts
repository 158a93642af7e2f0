// A schedule: at once, again and again, never twice at a time, never stopped by a failure.
import { eventually } from "./fixtures/eventually.ts";
import { startSchedule } from "./schedule.ts";

test("the first call is at once, the others follow, failures are told and followed by the next turn", async () => {
  const events: unknown[] = [];
  const warnings: string[] = [];
  const invoke = async (event: unknown) => {
    events.push(event);
    throw new Error(`turn ${events.length} failed`);
  };
  const schedule = startSchedule(5, invoke, (text) => warnings.push(text));
  expect(events).toHaveLength(1);
  await eventually("three turns", () => warnings.length >= 3);
  await schedule.stop();
  expect(warnings.slice(0, 3)).toEqual(["turn 1 failed", "turn 2 failed", "turn 3 failed"]);
  expect(events[0]).toMatchObject({ "detail-type": "Scheduled Event", source: "aws.events" });
});

test("turns go by while a call runs, and stopping waits for it", async () => {
  let begun = 0;
  const gates: (() => void)[] = [];
  const invoke = () =>
    new Promise<void>((resolve) => {
      begun += 1;
      gates.push(resolve);
    });
  const schedule = startSchedule(1, invoke, () => undefined);
  let turns = 0;
  const counter = setInterval(() => turns++, 1);
  await eventually("turns that went by", () => turns > 10);
  clearInterval(counter);
  expect(begun).toBe(1);
  gates[0]?.();
  await eventually("the next call", () => begun === 2);
  let stopped = false;
  const stopping = schedule.stop().then(() => {
    stopped = true;
  });
  await Promise.resolve();
  expect(stopped).toBe(false);
  gates[1]?.();
  await stopping;
});
