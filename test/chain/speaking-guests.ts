// The bench with guests that say what a test wants them to, without any work: the chain's answers are the matter here, not the scripts.
import { type CleanedGuest, cleanReport, nonceIn, type VerifiedGuest, verifyReport } from "../../lib/guest/spoken.ts";
import { statusOf } from "../../lib/requests/image-request.ts";
import { openMemoryTable } from "../matrix/memory-table.ts";
import { asking, type Bench, type BenchOptions, type Person, startBench } from "./bench.ts";

export const cleaning = /read_job_of_clean/;
export const verifying = /read_job_of_verify/;

/** With the table in memory, for there are many looks and the table's protocol is not the matter. Nobody is asked for a yes, unless `policy` wants it; every visibility may be asked for. */
export function startCleaningBench({ policy = {}, ...more }: BenchOptions = {}): Promise<Bench> {
  const visibilities = ["private", "shared", "community"];
  return startBench({ policy: { approvalNeededFor: [], visibilities, ...policy }, table: openMemoryTable(), ...more });
}

/** Of the guests that boot from now on; the first rule that fits a boot counts, so what must misbehave is told before. */
export function guestsSay(bench: Bench, { clean = {}, verify = {} }: { clean?: CleanedGuest; verify?: VerifiedGuest }) {
  says(bench, cleaning, (nonce) => cleanReport(nonce, clean));
  says(bench, verifying, (nonce) => verifyReport(nonce, verify));
}

export function says(bench: Bench, script: RegExp, lines: (nonce: string) => readonly string[], times?: number) {
  return bench.cloud.misbehaviours.add(
    { kind: "prints", instead: true, text: (text) => `${lines(nonceIn(text)).join("\r\n")}\r\n` },
    { script, ...(times !== undefined && { times }) },
  );
}

export async function post(bench: Bench, more: Record<string, unknown> = {}): Promise<string> {
  const body = asking(bench, { preparation: "clean", ...more });
  const answer = await bench.call("create-image-request", "alice", { body });
  if (answer.status !== 202) throw new Error(`not accepted: ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}

export const driveUntilAsking = (bench: Bench, id: string) =>
  bench.drive(id, (request) => statusOf(request) === "asking" || request.endedAt !== undefined);

export const reply = (bench: Bench, id: string, body: unknown, person: Person = "alice") =>
  bench.call("answer-image-request", person, { id, body });

export const shownTo = async (bench: Bench, id: string, person: Person = "alice") =>
  (await bench.call("get-image-request", person, { id })).body;

export const reportOf = async (bench: Bench, id: string) => (await bench.call("get-report", "alice", { id })).body;
