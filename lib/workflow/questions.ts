// What only the requester can say in the middle of a request: asked with a deadline, answered by a signal.
import type { CleanReport } from "../guest/report.ts";
import { workEndMs } from "../requests/delegation.ts";
import type { ImageRequest, Question } from "../requests/image-request.ts";
import { problem } from "../requests/problem.ts";
import { type Refusal, refuse, type Wait, wait } from "./outcome.ts";
import type { StepSurroundings } from "./step.ts";

/** For an answer people have so long, and never longer than the delegation to us lasts. */
export const answerMs = 7 * 86_400_000;
/** What is to be done after the last answer needs the delegation, too. */
const reserveMs = 86_400_000;

/** Waits for the answer; not given in time, the request expires. Asked again with the same id it is the same question. */
export function ask(
  { request, nowMs }: Pick<StepSurroundings, "request" | "nowMs">,
  wanted: Omit<Question, "askedAt" | "deadline">,
  why: string,
): Wait | Refusal {
  const now = nowMs();
  const earlier = request.waiting?.question;
  const question = earlier?.id === wanted.id ? earlier : { ...wanted, ...period(request, now) };
  const leftMs = Date.parse(question.deadline) - now;
  if (leftMs <= 0) return refuse(notAnswered(question), "expired");
  return wait(why, { question, againInMs: leftMs, patienceMs: 2 * answerMs });
}

function period(request: ImageRequest, now: number) {
  const deadlineMs = Math.min(now + answerMs, workEndMs(request) - reserveMs);
  return { askedAt: new Date(now).toISOString(), deadline: new Date(deadlineMs).toISOString() };
}

function notAnswered({ kind, deadline }: Question) {
  const what =
    kind === "secrets" ? "the question about secrets in the image" : "whether the image is as you want it to be";
  return problem("not-answered", "Nobody answered in time", `Nobody answered ${what} before ${deadline}.`, {
    remedy: "Ask again, and answer in time.",
  });
}

/** All that is to be excluded: as asked, and as answered since. */
export function excludedPaths({ asked, answers = [] }: Pick<ImageRequest, "asked" | "answers">): string[] {
  return [...new Set([...asked.excludePaths, ...answers.flatMap(({ excludePaths }) => excludePaths)])];
}

/** Secrets of which the requester has said neither that they know nor that they are to go. A private image is their own affair. */
export function secretsToAsk(
  request: Pick<ImageRequest, "asked" | "answers">,
  { secrets }: Pick<CleanReport, "secrets">,
): CleanReport["secrets"]["items"] {
  if (request.asked.visibility === "private") return [];
  const { asked, answers = [] } = request;
  const known = new Set([
    ...asked.acknowledgedSecrets,
    ...answers.flatMap(({ acknowledgedSecrets }) => acknowledgedSecrets),
  ]);
  const excluded = excludedPaths(request);
  return secrets.items.filter(({ path }) => !known.has(path) && !excluded.some((folder) => isWithin(path, folder)));
}

function isWithin(path: string, folder: string): boolean {
  const plain = folder.replace(/\/+$/, "");
  return path === plain || path.startsWith(`${plain}/`);
}
