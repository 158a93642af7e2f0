// Who may do what only a provider's staff may.
import { problem } from "../requests/problem.ts";
import type { Caller } from "./caller.ts";
import { HttpProblem } from "./http-problem.ts";

/** Throws 403. */
export function staffOnly(caller: Pick<Caller, "isStaff">, detail = "Only staff of this provider may do this."): void {
  if (!caller.isStaff) throw new HttpProblem(403, problem("not-staff", "Only for staff", detail));
}

/** Staff decide; about what they asked for themselves only where the policy says so. Throws 403. */
export function decidersOnly(
  caller: Pick<Caller, "isStaff" | "userId">,
  { selfApproval }: { readonly selfApproval: boolean },
  requester: { readonly userId: string },
): void {
  staffOnly(caller, "Only staff of this provider decide.");
  if (selfApproval || requester.userId !== caller.userId) return;
  const detail = "Nobody decides about their own request on this provider.";
  throw new HttpProblem(403, problem("own-request", "Not yours to decide", detail));
}
