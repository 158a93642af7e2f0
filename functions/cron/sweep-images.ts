// Every hour: a pass over each provider's images goes on, or begins where the last one began a day ago: told, hidden, deleted.
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { callLog } from "../../lib/call-log.ts";
import type { Cloud } from "../../lib/openstack/index.ts";
import { openRuntime } from "../../lib/runtime.ts";
import { openAnnouncer } from "../../lib/tidying/announce.ts";
import { type SweepReport, sweepProvider } from "../../lib/tidying/sweep.ts";

/** Calls to the cloud are given up so long before the function's deadline. */
const reserveMs = 5_000;

/** One provider after the other; whoever finds no time left is first in the next run, for its pass is not begun. */
export const handler = middy().handler(async (_event: unknown, context: Context) => {
  const runtime = await openRuntime();
  const remainingMs = () => context.getRemainingTimeInMillis() - reserveMs;
  const signal = AbortSignal.timeout(Math.max(0, remainingMs()));
  const reports: SweepReport[] = [];
  for (const provider of runtime.providers.all) {
    const bounded = (cloud: Cloud) => cloud.within(signal, callLog({ sweep: provider.name }));
    const { tell } = openAnnouncer(runtime, provider, bounded);
    reports.push(await sweepProvider(runtime, provider, { signal, remainingMs, tell }));
  }
  return reports;
});
