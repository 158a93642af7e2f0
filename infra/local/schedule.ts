// rate(…): calls a function again and again, never twice at the same time.
import { randomUUID } from "node:crypto";

export type Schedule = { stop(): Promise<void> };

/**
 * Call `invoke` at once and then every `everyMs`. At once, because a machine of one's own is often stopped: what is due once an hour
 * would never come. While a call runs, turns go by; a call that fails is told to `warn`, and the next turn is its repetition.
 */
export function startSchedule(
  everyMs: number,
  invoke: (event: unknown) => Promise<unknown>,
  warn: (text: string) => void,
): Schedule {
  let running: Promise<void> | undefined;
  const turn = () => {
    running ??= invoke(scheduledEvent())
      .then(
        () => undefined,
        (error: unknown) => warn(error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(turn, everyMs);
  turn();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** The event of a rule of EventBridge. */
function scheduledEvent() {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    time: new Date().toISOString(),
    resources: [],
    detail: {},
  };
}
