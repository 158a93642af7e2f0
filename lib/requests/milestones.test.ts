// Milestones follow from what a request was and what was written, on every road once and in order.
import { imageRequestBody, imageRequestExample } from "../../events/image-request.ts";
import { done, lookAgain, pass, refuse, type StepOutcome, wait } from "../workflow/outcome.ts";
import { type State, transition } from "../workflow/transition.ts";
import { milestonesOf } from "./milestones.ts";
import { problem } from "./problem.ts";

const asked = imageRequestBody.parse(imageRequestExample);
const why = problem("x", "X", "because");
const question = (id: string) => ({
  id,
  kind: "review" as const,
  askedAt: "2026-01-05T12:00:00Z",
  deadline: "2027-01-05T12:00:00Z",
});

/** What a request passes that is answered so, look by look. `answered`: the question that its requester has answered by then. */
function passed(road: (StepOutcome | { answered: string })[]): string[] {
  let state: State & { lastAnswered?: string } = { step: "check", learned: {}, ledger: [], timeline: [], asked };
  const kinds: string[] = [];
  let nowMs = Date.parse("2026-01-05T12:00:00Z");
  for (const answer of road) {
    if ("answered" in answer) {
      state = { ...state, lastAnswered: answer.answered };
      continue;
    }
    const { outcome } = transition(state, answer, nowMs);
    kinds.push(...milestonesOf(state, outcome, nowMs).map(({ kind }) => kind));
    const { lastAnswered } = state;
    state = { ...outcome, asked, ...(lastAnswered !== undefined && { lastAnswered }) };
    nowMs += 1_000;
  }
  return kinds;
}

const pages = (count: number) => Array.from({ length: count }, () => pass("not needed"));

test("a request that needs nobody: started, handed back, completed", () => {
  expect(passed(pages(11))).toEqual(["started", "handed-back", "completed"]);
});

test("who waits for staff is told once, however often it is looked at", () => {
  const waits = [wait("staff must decide"), wait("staff must decide"), lookAgain("staff must decide")];
  expect(passed([pass("x"), ...waits, ...pages(10)])).toEqual([
    "awaiting-approval",
    "started",
    "handed-back",
    "completed",
  ]);
  expect(passed([pass("x"), ...waits, refuse(why, "denied"), wait("a lock"), pass("x")])).toEqual([
    "awaiting-approval",
    "denied",
  ]);
});

test("a wait at another step is no milestone; each question is one, once, and none after its answer", () => {
  const sanitize = [...pages(2), wait("stopping"), ...pages(3)];
  const asks = (id: string) => wait("a question", { question: question(id) });
  expect(
    passed([...sanitize, asks("1"), asks("1"), { answered: "1" }, asks("1"), asks("2"), { answered: "2" }, pass("x")]),
  ).toEqual(["started", "handed-back", "asking", "asking"]);
});

test("a server that is gone is not handed back", () => {
  const gone = { ...done({ serverGone: true }, "the server is gone") } as StepOutcome;
  expect(passed([...pages(4), gone, ...pages(6)])).toEqual(["started", "completed"]);
});

test.each(["denied", "expired", "cancelled", "failed"] as const)("%s is told when it is over, not before", (status) => {
  expect(passed([...pages(3), refuse(why, status)])).toEqual(["started"]);
  expect(passed([...pages(3), refuse(why, status), wait("unlocking"), pass("x")])).toEqual(["started", status]);
});
