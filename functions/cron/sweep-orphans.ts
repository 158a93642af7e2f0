// Every hour: what requests left behind in the cloud is looked for by their ledgers, and taken away.
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { log } from "../../lib/log.ts";
import { OpenStackFault } from "../../lib/openstack/index.ts";
import { openRuntime } from "../../lib/runtime.ts";
import { type OrphanReport, sweepOrphans } from "../../lib/tidying/orphans.ts";

const reserveMs = 5_000;

export const handler = middy().handler(async (_event: unknown, context: Context) => {
  const runtime = await openRuntime();
  const remainingMs = () => context.getRemainingTimeInMillis() - reserveMs;
  const signal = AbortSignal.timeout(Math.max(0, remainingMs()));
  const reports: OrphanReport[] = [];
  for (const provider of runtime.providers.all) {
    try {
      reports.push(await sweepOrphans(runtime, provider, { signal, remainingMs }));
    } catch (error) {
      if (!(error instanceof OpenStackFault)) throw error;
      log.warn("orphans not swept", { provider: provider.name, fault: error.message });
    }
  }
  return reports;
});
