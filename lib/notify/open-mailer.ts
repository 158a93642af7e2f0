// By which road mail goes: what the setting DARKROOM_MAIL says.
import { openSesMailer } from "../aws/mail.ts";
import type { Mailer } from "./mail.ts";
import { openMailFolder } from "./mail-folder.ts";
import { openSmtpMailer } from "./smtp-mailer.ts";

/** `smtp://…` or `smtps://…` (with user and password, where the server wants them), `ses`, or `file:` and a folder. */
export function openMailer(setting: string): Mailer {
  if (setting === "ses") return openSesMailer();
  return setting.startsWith("file:") ? openMailFolder(setting.slice("file:".length)) : openSmtpMailer(setting);
}
