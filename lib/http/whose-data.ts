// Whose personal data a call is about: the caller's own, or for staff another user's.
import type { Caller } from "./caller.ts";
import { staffOnly } from "./staff.ts";

export function whoseData(caller: Pick<Caller, "userId" | "isStaff">, user: string | undefined): string {
  if (user === undefined || user === caller.userId) return caller.userId;
  staffOnly(caller, "Only staff of this provider may ask for another user's data.");
  return user;
}
