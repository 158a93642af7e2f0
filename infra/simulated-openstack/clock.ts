// The cloud's time: the machine's, or one that a test turns by hand.

/** Milliseconds since 1970. Everything that happens later in the cloud is stored with the time it is due, so a clock is only ever read. */
export interface Clock {
  now(): number;
}

export interface HandTurnedClock extends Clock {
  /** Moves time on. What falls due meanwhile happens in the order of its due times, before anybody can look at the cloud again. */
  advance(ms: number): void;
}

/** The machine's own time, so that the cloud's time stamps can be compared with its callers'. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is advanced; it never goes back. */
export function handTurnedClock(startMs: number = Date.UTC(2026, 0, 1)): HandTurnedClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`a clock cannot be advanced by ${ms} ms`);
      nowMs += ms;
    },
  };
}

/** As Nova and Glance write a time: whole seconds, `Z`. */
export const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** As Keystone writes a time: six digits of microseconds and `Z`. */
export const isoMicroseconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000Z`;

/** As Nova writes the times of its extensions and of instance actions: microseconds without a zone. */
export const isoNaive = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000`;
