// Mail as files in a folder: what the embedded default does where no mail server is named.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Mailer, rfc822 } from "./mail.ts";

/** One `.eml` a mail, named after it: the same mail is the same file. */
export function openMailFolder(folder: string): Mailer {
  return {
    async send(mail) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = join(folder, `${mail.id.replaceAll(/[^\w-]/g, "_")}.eml`);
        await writeFile(`${file}.part`, await rfc822(mail), { mode: 0o600 });
        await rename(`${file}.part`, file);
        return { kind: "sent" };
      } catch (error) {
        return { kind: "refused", again: true, problem: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
