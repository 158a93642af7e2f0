// A step as a Lambda function: one message at a time from its queue, calls to the cloud ended before the worker is.
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { stepMessage } from "../../events/step-message.ts";
import { log } from "../log.ts";
import { openRuntime } from "../runtime.ts";
import { runStep } from "./run-step.ts";
import type { Step } from "./step.ts";

/** Calls to the cloud are given up this long before the deadline: a function that is killed runs no `finally`. */
const reserveMs = 2_000;

export function serveStep(step: Step) {
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) => {
    const runtime = await openRuntime();
    const failed: string[] = [];
    for (const record of event.Records) {
      const message = stepMessage.safeParse(parse(record.body));
      if (!message.success || message.data.step !== step.name) {
        // It can never become right; what it was to wake is woken by the request's own `wakeAt`.
        log.error("message refused", { step: step.name, messageId: record.messageId, problem: message.error?.message });
        continue;
      }
      try {
        await runStep(step, message.data, runtime, invocationOf(context));
      } catch {
        failed.push(record.messageId); // logged by runStep
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Called at the beginning of an invocation, the remaining time is the function's whole time-out. */
function invocationOf(context: Context) {
  const timeoutMs = context.getRemainingTimeInMillis();
  return { timeoutMs, signal: AbortSignal.timeout(Math.max(0, timeoutMs - reserveMs)) };
}
