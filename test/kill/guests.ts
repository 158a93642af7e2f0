// Guests that print a ready report in place of the scripts' work, which is the matter of test/chain/cleaned.test.ts: the process that dies is never in them.
import type { SimulatedCloud } from "../../infra/simulated-openstack/index.ts";
import { type CleanedGuest, cleanReport, nonceIn, verifyReport } from "../../lib/guest/spoken.ts";

/** Of every guest that boots with a script of ours. */
export function guestsSay(clean: CleanedGuest = {}): (cloud: Pick<SimulatedCloud, "misbehaviours">) => void {
  return ({ misbehaviours }) => {
    const says = (script: RegExp, lines: (nonce: string) => readonly string[]) =>
      misbehaviours.add(
        { kind: "prints", instead: true, text: (text) => `${lines(nonceIn(text)).join("\r\n")}\r\n` },
        { script },
      );
    says(/read_job_of_clean/, (nonce) => cleanReport(nonce, clean));
    says(/read_job_of_verify/, (nonce) => verifyReport(nonce));
  };
}
