// A refusal as the client throws it.
import type * as z from "zod";
import type { problemShape } from "../events/problem.ts";

export type Problem = z.output<typeof problemShape>;

export class DarkroomProblem extends Error {
  readonly status: number;
  /** What Darkroom said; where something else on the way answered, what can be said of that. */
  readonly problem: Problem;
  /** When it may be tried again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(call: string, status: number, problem: Problem, retryAfterSeconds?: number) {
    super([`${call}: ${status} ${problem.title}: ${problem.detail}`, problem.remedy].filter(Boolean).join(" "));
    this.name = "DarkroomProblem";
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const maxShownChars = 500;

/** Of an answer from 400 on. */
export async function problemOf(call: string, answer: Response): Promise<DarkroomProblem> {
  const text = await answer.text().catch(() => "");
  const after = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return new DarkroomProblem(
    call,
    answer.status,
    parsed(text) ?? {
      type: "about:blank",
      title: answer.statusText || "Refused",
      detail: text.slice(0, maxShownChars) || "There is no word of why.",
      status: answer.status,
    },
    Number.isFinite(after) ? after : undefined,
  );
}

function parsed(text: string): Problem | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const isProblem = typeof json === "object" && json !== null && "type" in json && "detail" in json;
    return isProblem ? (json as Problem) : undefined;
  } catch {
    return undefined;
  }
}
