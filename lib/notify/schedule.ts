// When what did not arrive is tried again: pure, so that the whole of it can be seen in a test.

const minute = 60_000;
const hour = 60 * minute;

/** Ten tries of a webhook over three days, as Standard Webhooks advises: so long after each of the first nine. */
const webhookPausesMs = [
  5_000,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  20 * hour,
];
/** A mail that was refused for the moment, or whose server was not reached: seven tries over a day. */
const mailPausesMs = [minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 15 * hour];

/** How long after the try with this number (from 1 on) comes the next; undefined: that was the last. */
export function webhookPauseMs(attempts: number): number | undefined {
  return webhookPausesMs[attempts - 1];
}

/** An endpoint that kept its caller for longer than this is slow. */
const slowMs = 2_000;
/** So many times as long as it took it is then not called: ten slow endpoints of a project keep a third of a worker busy, of five. */
const restsTimes = 30;

/** How long an endpoint rests after a try that took so long; undefined: it need not. */
export function restMs(tookMs: number): number | undefined {
  return tookMs > slowMs ? tookMs * restsTimes : undefined;
}

export function mailPauseMs(attempts: number): number | undefined {
  return mailPausesMs[attempts - 1];
}
