// Who may do what only a provider's staff may.
import { problem } from "../requests/problem.ts";
import type { Caller } from "./caller.ts";
import { HttpProblem } from "./http-problem.ts";

/** Throws 403. */
export function staffOnly(caller: Pick<Caller, "isStaff">, detail = "Only staff of this provider may do this."): void {
  if (!caller.isStaff) throw new HttpProblem(403, problem("not-staff", "Only for staff", detail));
}
