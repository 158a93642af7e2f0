// When to look again: near the time that the thing took before, else soon and then ever more slowly.

const backOffMs = [1_000, 1_000, 1_000, 2_000, 2_000, 3_000, 5_000, 8_000, 13_000, 20_000] as const;
const slowMs = 30_000;
/** What has not moved for a quarter of an hour need not be seen within half a minute: a request may wait for hours. */
const looksUntilSlowest = 40;
const slowestMs = 120_000;

/** Time until the next look, in ms. `looks` counts the looks so far that saw the very same; new evidence starts anew. */
export function pace(looks: number): number {
  return backOffMs[looks] ?? (looks < looksUntilSlowest ? slowMs : slowestMs);
}

/** The waker's own back-off for one request: 1, 2, 4 … 15 minutes. `wakes` counts its messages since the last outcome. */
export function wakeDelayMs(wakes: number): number {
  return Math.min(2 ** Math.min(wakes, 10), 15) * 60_000;
}
