// Every minute: live requests whose look is overdue get their message again, so that nothing is ever only in a queue.
import middy from "@middy/core";
import { openRuntime } from "../../lib/runtime.ts";
import { wakeOverdue } from "../../lib/workflow/waker.ts";

export const handler = middy().handler(async () => wakeOverdue(await openRuntime()));
