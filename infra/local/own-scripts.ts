// Which user-data the simulated cloud may run on this machine: Darkroom's own scripts to the letter, whatever their job.
import { cleanScript, verifyScript } from "../../lib/guest/user-data.ts";

/**
 * A mark in a script proves nothing: whoever reaches the simulated cloud's port could write it. So everything but the job must be what this Darkroom itself would send. The job
 * stands in a quoted here-document, in which the shell reads nothing, up to the first line that ends it.
 */
export const isOwnScript = (script: string): boolean => own.has(withoutJob(script));

const job = { nonce: "00000000", excludePaths: [], keepPaths: [] };

const withoutJob = (script: string): string =>
  script.trimEnd().replace(/(<<'(END_OF_read_job_of_(?:clean|verify))'\n)[\s\S]*?\n(?=\2\n)/, "$1");

const own = new Set(
  [cleanScript({ ...job, keptSystemFiles: [] }), verifyScript({ ...job, emptied: true })].map(withoutJob),
);
