// Every hour: counts of tries whose windows have ended are deleted.
import middy from "@middy/core";
import { openRuntime } from "../../lib/runtime.ts";

/** One page of the index; so many pages a turn. */
const pageSize = 25;
const maxPages = 200;

export const handler = middy().handler(async () => {
  const { rates } = await openRuntime();
  for (let page = 0; page < maxPages; page++) if ((await rates.sweep(pageSize)) === 0) return;
});
