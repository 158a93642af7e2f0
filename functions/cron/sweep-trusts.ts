// Every hour: delegations that were made for requests which were never stored are deleted.
import middy from "@middy/core";
import { openRuntime } from "../../lib/runtime.ts";
import { sweepTrusts } from "../../lib/tidying/unclaimed-trusts.ts";

export const handler = middy().handler(async () => sweepTrusts(await openRuntime()));
