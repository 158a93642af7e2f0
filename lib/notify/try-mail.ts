// One try of a mail. It is claimed before it is sent, and after that sent again only where it is certain that nobody has it.
import { log } from "../log.ts";
import type { Runtime } from "../runtime.ts";
import type { Delivery } from "./delivery.ts";
import { claimMs, type Left, type Senders } from "./dispatch.ts";
import type { MailOutcome } from "./mail.ts";
import { poke } from "./publish-notice.ts";
import { renderMail } from "./render-mail.ts";
import { mailPauseMs } from "./schedule.ts";

export async function tryMail(delivery: Delivery, runtime: Runtime, { mailer }: Senders): Promise<Left> {
  const { notices, clock, providers } = runtime;
  if (delivery.status === "trying") return await giveUp(delivery, runtime);
  const policy = providers.find(delivery.notice.provider)?.policy;
  const mail = policy && renderMail(delivery.notice, policy);
  const beganMs = clock.now();
  const claimed = await notices.claim(delivery, beganMs + claimMs);
  if (!claimed) return "held";
  const outcome: MailOutcome =
    mailer && mail
      ? await mailer.send(mail)
      : { kind: "refused", again: false, problem: "mail is not configured any more" };
  const nowMs = clock.now();
  const made = { at: iso(beganMs), tookMs: nowMs - beganMs, ...("problem" in outcome && { problem: outcome.problem }) };
  const pauseMs = outcome.kind === "refused" && outcome.again ? mailPauseMs(claimed.attempts) : undefined;
  if (outcome.kind !== "sent") log.warn("mail not sent", { notice: delivery.notice.id, ...outcome, pauseMs });
  if (pauseMs !== undefined) {
    await notices.settle(claimed, { status: "waiting", made, nextAtMs: nowMs + pauseMs }, nowMs);
    if (pauseMs <= 900_000) await poke(runtime, delivery.id, pauseMs);
    return "later";
  }
  const status = outcome.kind === "sent" ? "delivered" : outcome.kind === "unknown" ? "unknown" : "failed";
  await notices.settle(claimed, { status, made }, nowMs);
  return "over";
}

/** Whoever tried it died over it: it may have been sent. */
async function giveUp(delivery: Delivery, { notices, clock }: Runtime): Promise<Left> {
  const nowMs = clock.now();
  const made = { at: iso(nowMs), problem: "the worker that was sending it died: it may have been sent, or not" };
  log.warn("mail given up", { notice: delivery.notice.id, problem: made.problem });
  await notices.settle(delivery, { status: "unknown", made }, nowMs);
  return "over";
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
