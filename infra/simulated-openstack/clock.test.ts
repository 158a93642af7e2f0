// Clocks, and how times are written.
import { handTurnedClock, isoMicroseconds, isoNaive, isoSeconds } from "./clock.ts";
import { timingAt } from "./timing.ts";

test("a hand-turned clock moves only forward", () => {
  const clock = handTurnedClock(1000);
  clock.advance(0.5);
  clock.advance(2);
  expect(clock.now()).toBe(1002.5);
  expect(() => clock.advance(-1)).toThrow(RangeError);
  expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
});

test("each service writes times its own way", () => {
  const ms = Date.UTC(2026, 10, 23, 9, 36, 42, 999);
  expect(isoSeconds(ms)).toBe("2026-11-23T09:36:42Z");
  expect(isoMicroseconds(ms)).toBe("2026-11-23T09:36:42.000000Z");
  expect(isoNaive(ms)).toBe("2026-11-23T09:36:42.000000");
});

test("speed divides what is measured, overrides stand as given", () => {
  expect(timingAt(1)).toMatchObject({ acpiStopMs: 5000, hardStopMs: 22_000, bootMs: 4000 });
  expect(timingAt(10, { bootMs: 7 })).toMatchObject({
    acpiStopMs: 500,
    bootMs: 7,
    tokenLifetimeMs: 14_400_000,
    tokenCacheMs: 300_000,
  });
  expect(() => timingAt(0)).toThrow(RangeError);
});
