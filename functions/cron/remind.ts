// Every minute: notices and deliveries that are overdue are poked again, so that nothing is ever only in a queue.
import middy from "@middy/core";
import { remind } from "../../lib/notify/remind.ts";
import { openRuntime } from "../../lib/runtime.ts";

export const handler = middy().handler(async () => remind(await openRuntime()));
