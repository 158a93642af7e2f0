// Every hour: counts of tries whose windows have ended are deleted.
import middy from "@middy/core";
import { openRuntime } from "../../lib/runtime.ts";

/** A turn; the rest waits for the next. */
const maxATurn = 5_000;

export const handler = middy().handler(async () => {
  const { rates } = await openRuntime();
  await rates.sweep(maxATurn);
});
