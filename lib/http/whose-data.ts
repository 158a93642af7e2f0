// Whose personal data a call is about: the caller's own, or for staff another user's.
import { problem } from "../requests/problem.ts";
import type { Caller } from "./caller.ts";
import { HttpProblem } from "./http-problem.ts";
import { staffOnly } from "./staff.ts";

type Asking = Pick<Caller, "userId" | "isStaff"> & {
  readonly token: Pick<Caller["token"], "isApplicationCredential" | "trustId">;
};

/**
 * Throws 403. A user's data are of all their projects: whoever was given the user's rights in one of them, by an application credential or a trust, is not the user.
 */
export function whoseData({ userId, token, ...caller }: Asking, user: string | undefined): string {
  if (user !== undefined && user !== userId) {
    staffOnly(caller, "Only staff of this provider may ask for another user's data.");
    return user;
  }
  if (!token.isApplicationCredential && token.trustId === undefined) return userId;
  const detail = "This token is a delegation for one project; a user's data are of all of them.";
  const remedy = "Use a token that you got by signing in yourself.";
  throw new HttpProblem(403, problem("delegated", "Only for the user in person", detail, { remedy }));
}
