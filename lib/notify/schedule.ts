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

export function mailPauseMs(attempts: number): number | undefined {
  return mailPausesMs[attempts - 1];
}
