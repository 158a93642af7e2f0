// `notify` as a Lambda function: one poke at a time from its queue; nothing is begun shortly before the worker is ended.
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { noticePoke } from "../../events/notice-poke.ts";
import { log } from "../log.ts";
import { openRuntime, type Runtime } from "../runtime.ts";
import { dispatch } from "./dispatch.ts";
import type { Mailer } from "./mail.ts";
import { openMailer } from "./open-mailer.ts";

/** A mail takes 15 s at most, a webhook 10, and a write or two. */
const reserveMs = 20_000;
const endMs = 2_000;

export function serveNotices() {
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) => {
    const runtime = await openRuntime();
    const senders = {
      ...mailerOf(runtime),
      reach: { loopback: runtime.settings.webhooksToLoopback },
      signal: AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - endMs)),
      timeIsUp: () => context.getRemainingTimeInMillis() < reserveMs,
    };
    const failed: string[] = [];
    for (const { body, messageId } of event.Records) {
      const poke = noticePoke.safeParse(parse(body));
      if (!poke.success) {
        log.error("message refused", { queue: "notify", messageId, problem: poke.error.message });
        continue; // it can never become right; what is due stands in the table
      }
      try {
        await dispatch(poke.data.about, runtime, senders);
      } catch (error) {
        log.error("notify failed", { about: poke.data.about, error });
        failed.push(messageId);
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

let opened: { mailer: Mailer } | undefined;

function mailerOf({ settings }: Runtime): { mailer?: Mailer } {
  if (settings.mail === undefined) return {};
  opened ??= { mailer: openMailer(settings.mail) };
  return opened;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
