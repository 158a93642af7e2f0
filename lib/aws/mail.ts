// Mail by Amazon SES: as a whole message, so that it is the same by whichever road it goes.
import { SESv2Client, SESv2ServiceException, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { type Mailer, type MailOutcome, rfc822 } from "../notify/mail.ts";

/** One try a call: the SDK would send again what may have been sent. */
export function openSesMailer(): Mailer {
  const client = new SESv2Client({ maxAttempts: 1 });
  return {
    async send(mail) {
      const Content = { Raw: { Data: await rfc822(mail) } };
      const command = new SendEmailCommand({ Destination: { ToAddresses: [mail.to.address] }, Content });
      try {
        await client.send(command, { abortSignal: AbortSignal.timeout(10_000) });
        return { kind: "sent" };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

/** Faults that pass, or that an operator mends; by the names of SES's API reference (SendEmail, Errors). */
const passing = new Set([
  "TooManyRequestsException",
  "ThrottlingException",
  "LimitExceededException",
  "SendingPausedException",
  "AccountSuspendedException",
  "MailFromDomainNotVerifiedException",
  "AccessDeniedException",
]);

/** An answer of 4xx is a no; anything else may have been sent. */
export function outcomeOf(error: unknown): MailOutcome {
  const problem = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : String(error);
  const status = error instanceof SESv2ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
  if (status >= 400 && status < 500) return { kind: "refused", again: passing.has((error as Error).name), problem };
  return { kind: "unknown", problem };
}
