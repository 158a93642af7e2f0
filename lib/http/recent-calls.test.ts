// Calls counted in one process: within bounds of time and memory.
import { openRecentCalls } from "./recent-calls.ts";

test("so many are free in a window, then what is left of it is said; the next window is free again", () => {
  const calls = openRecentCalls();
  expect([1, 2, 3].map(() => calls.count("alice", 3, 60_000, 0))).toEqual([{}, {}, {}]);
  expect(calls.count("alice", 3, 60_000, 15_000)).toEqual({ waitMs: 45_000 });
  expect(calls.look("alice", 3, 59_999)).toEqual({ waitMs: 1 });
  expect(calls.count("bob", 3, 60_000, 15_000)).toEqual({});
  expect(calls.count("alice", 3, 60_000, 60_000)).toEqual({});
});

test("looking does not count", () => {
  const calls = openRecentCalls();
  for (let looks = 0; looks < 10; looks++) expect(calls.look("alice", 1, 0)).toEqual({});
  expect(calls.count("alice", 1, 60_000, 0)).toEqual({});
});

test("ever new callers do not fill the memory: whoever came first is forgotten first", () => {
  const calls = openRecentCalls();
  for (let stranger = 0; stranger <= 10_000; stranger++) calls.count(`stranger ${stranger}`, 1, 60_000, 0);
  expect(calls.look("stranger 0", 1, 0)).toEqual({});
  expect(calls.look("stranger 1", 1, 0)).toEqual({ waitMs: 60_000 });
});
