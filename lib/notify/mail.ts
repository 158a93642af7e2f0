// The mail port: one mail out, and how that ended. Behind it stand SMTP, SES, or a folder (open-mailer.ts).
import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";

export interface Mail {
  /** The same mail has the same id: it becomes its Message-ID. */
  readonly id: string;
  readonly from: string;
  readonly to: { readonly address: string; readonly name?: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * `refused`: somebody said no, or was never reached, so nothing was sent; `again` where that may pass. `unknown`: it may have been sent, or not: whoever
 * must not send twice must not send again.
 */
export type MailOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "refused"; readonly again: boolean; readonly problem: string }
  | { readonly kind: "unknown"; readonly problem: string };

export interface Mailer {
  /** Never throws. */
  send(mail: Mail): Promise<MailOutcome>;
}

/** What all of them put into nodemailer, which encodes whatever people wrote before it reaches a header. */
export function composed({ id, from, to, subject, text, html }: Mail) {
  return {
    messageId: messageIdOf(id, from),
    from,
    to: { address: to.address, name: to.name ?? "" },
    subject,
    text,
    html,
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

export async function rfc822(mail: Mail): Promise<Buffer> {
  return await new MailComposer(composed(mail)).compile().build();
}

function messageIdOf(id: string, from: string): string {
  const domain = /@([\w.-]+)>?$/.exec(from)?.[1] ?? "darkroom.invalid";
  return `<${createHash("sha256").update(id).digest("hex").slice(0, 40)}@${domain}>`;
}
