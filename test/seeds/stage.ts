// The stage of the seed documents: a real cloud, Darkroom on it, and people who have nothing but HTTP.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ParsedMail, simpleParser } from "mailparser";
import { openRealCloud, type RealCloud, waitFor } from "../real/real-cloud.ts";

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** What Jetstream2's guide sets on an image (seed 2). */
export const guidesProperties = {
  hw_disk_bus: "scsi",
  hw_scsi_model: "virtio-scsi",
  hw_qemu_guest_agent: "yes",
  os_require_quiesce: "yes",
};

/** `user-a` asks, `user-b` is somebody of another project, `admin` is staff. */
export async function openStage() {
  const real: RealCloud = await openRealCloud({
    staffCloud: "admin",
    directoryCloud: "admin",
    supportContact: "support@example.org",
    mailFrom: "Darkroom <darkroom@example.org>",
    mailDomains: ["example.org"],
    visibilities: ["private", "shared", "community", "public"],
    approvalNeededFor: ["public"],
    testRamMib: 512,
    bootProperties: guidesProperties,
  });
  /** Everything that was mailed so far, oldest first. */
  const mails = async (): Promise<ParsedMail[]> => {
    const folder = join(real.dataFolder, "mail");
    const files = existsSync(folder) ? readdirSync(folder).sort() : [];
    return await Promise.all(files.map((file) => simpleParser(readFileSync(join(folder, file)))));
  };
  return {
    ...real,
    mails,
    waitForMail: (subject: RegExp) =>
      waitFor(`a mail about ${subject}`, 60_000, async () =>
        (await mails()).find((mail) => subject.test(mail.subject ?? "")),
      ),
    projectOf: async (person: string) => (await real.as(person).token()).project?.id ?? "",
  };
}
