// Mail over SMTP, by nodemailer; and whether the server may have taken it where the answer never came.
import { createTransport } from "nodemailer";
import { composed, type Mailer, type MailOutcome } from "./mail.ts";

/** Of connecting, and of each answer. */
const timeoutMs = 10_000;
/** Of all of it: a worker that is ended over a mail cannot say whether it was sent, and nobody ever sends it again. */
const wholeMs = 15_000;

/** `smtp://user:password@host:587`; STARTTLS is used where the server offers it, `?tls=required` insists on it. Throws for a URL that is none. */
export function openSmtpMailer(url: string, boundOf = () => AbortSignal.timeout(wholeMs)): Mailer {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const secure = protocol === "smtps:";
  const options = {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: searchParams.get("tls") === "required",
    ...(username !== "" && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return {
    async send(mail) {
      const heard = commandsOf();
      // A transport a mail: its log is then of this one alone.
      const transport = createTransport({ ...options, transactionLog: true, logger: heard.logger });
      const signal = boundOf();
      try {
        await transport.sendMail({ ...composed(mail), signal });
        return { kind: "sent" };
      } catch (error) {
        return outcomeOf(signal.aborted ? tooLong : (error as SmtpError), heard.saidData());
      } finally {
        transport.close();
      }
    },
  };
}

const tooLong: SmtpError = {
  name: "Error",
  code: "ETIMEDOUT",
  message: `the server was not done within ${wholeMs / 1000} s`,
};

/** nodemailer names a broken connection CONN however far it was: what was said is only in its log. */
function commandsOf() {
  let data = false;
  const listen = (entry: { tnx?: unknown }, message: unknown) => {
    data ||= entry.tnx === "client" && /^DATA\b/i.test(String(message));
  };
  const ignore = () => undefined;
  const logger = {
    level: ignore,
    trace: listen,
    debug: listen,
    info: ignore,
    warn: ignore,
    error: ignore,
    fatal: ignore,
  };
  return { logger, saidData: () => data };
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** These codes are the server's own answer to a command: it has not taken the mail. */
const answered = new Set(["EENVELOPE", "EMESSAGE", "EAUTH"]);

/** Until DATA was said nothing was sent, whatever broke; from then on only the server's answer says that it was not taken. */
export function outcomeOf({ code = "", responseCode = 0, message }: SmtpError, saidData: boolean): MailOutcome {
  const problem = `${code}: ${message}`.slice(0, 300);
  if (saidData && !(answered.has(code) && responseCode >= 400)) return { kind: "unknown", problem };
  // A mailbox that is not there will not be there tomorrow; what our credentials are refused for, an operator mends.
  return { kind: "refused", again: responseCode < 500 || code === "EAUTH", problem };
}
