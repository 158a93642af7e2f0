// The refusal of what this version cannot do yet, for a request that an older door or a newer version let in.
import { type Problem, problem } from "../requests/problem.ts";

export function notBuilt(what: string, remedy: string): Problem {
  return problem("not-available", "Not available", `${what} is not available in this version of Darkroom.`, {
    remedy,
  });
}
