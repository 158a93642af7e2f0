// Questions to the requester: how long they stand, which secrets are open, what is excluded in all.
import { imageRequestBody } from "../../events/image-request.ts";
import type { Answer, ImageRequest } from "../requests/image-request.ts";
import { answerMs, ask, excludedPaths, secretsToAsk } from "./questions.ts";

const dayMs = 86_400_000;
const nowMs = Date.parse("2026-01-10T00:00:00Z");
const asked = (more: Record<string, unknown>) =>
  imageRequestBody.parse({
    serverId: "11111111-1111-4111-8111-111111111111",
    name: "x",
    licenseAcknowledged: true,
    visibility: "shared",
    ...more,
  });
const answer = (more: Partial<Answer>): Answer => ({
  questionId: "q",
  by: { userId: "u", userName: "u" },
  at: "",
  excludePaths: [],
  acknowledgedSecrets: [],
  reason: "",
  ...more,
});
const found = (...paths: string[]) => ({
  secrets: { items: paths.map((path) => ({ path, kind: "token" })), omitted: 0 },
});
const openOf = (request: Pick<ImageRequest, "asked" | "answers">, ...paths: string[]) =>
  secretsToAsk(request, found(...paths)).map(({ path }) => path);

test("open are the secrets that were neither acknowledged nor excluded, in the request or in any answer", () => {
  const request = {
    asked: asked({ acknowledgedSecrets: ["/a"], excludePaths: ["/opt/b/"] }),
    answers: [answer({ acknowledgedSecrets: ["/c"] }), answer({ excludePaths: ["/d"] })],
  };
  expect(openOf(request, "/a", "/opt/b/x/y", "/c", "/d", "/e")).toEqual(["/e"]);
  expect(excludedPaths(request)).toEqual(["/opt/b/", "/d"]);
});

test("an excluded folder covers what is in it, and nothing that only begins alike; an acknowledged one is that file alone", () => {
  const request = { asked: asked({ excludePaths: ["/opt/b"], acknowledgedSecrets: ["/srv"] }) };
  expect(openOf(request, "/opt/b", "/opt/b/x", "/opt/bc", "/opt/b.pem", "/srv/x")).toEqual([
    "/opt/bc",
    "/opt/b.pem",
    "/srv/x",
  ]);
});

test("a private image is the requester's own affair", () => {
  expect(openOf({ asked: asked({ visibility: "private" }) }, "/a")).toEqual([]);
});

const requestOf = (more: Partial<ImageRequest> = {}) =>
  ({ asked: asked({}), approvalDeadline: new Date(nowMs).toISOString(), ...more }) as ImageRequest;

test("it stands for seven days from the first asking, however often it is looked at", () => {
  const first = ask({ request: requestOf(), nowMs: () => nowMs }, { id: "q", kind: "review" }, "why");
  if (first.kind !== "wait" || !first.question) throw new Error("it does not wait");
  expect(Date.parse(first.question.deadline) - nowMs).toBe(answerMs);
  expect(first.againInMs).toBe(7 * dayMs);
  const waiting = { question: first.question } as ImageRequest["waiting"] & {};
  const later = nowMs + 3 * dayMs;
  const again = ask({ request: requestOf({ waiting }), nowMs: () => later }, { id: "q", kind: "review" }, "why");
  expect(again).toMatchObject({ kind: "wait", question: first.question, againInMs: 4 * dayMs });
  const other = ask({ request: requestOf({ waiting }), nowMs: () => later }, { id: "r", kind: "review" }, "why");
  expect(other).toMatchObject({ question: { id: "r", deadline: new Date(later + 7 * dayMs).toISOString() } });
  const late = ask(
    { request: requestOf({ waiting }), nowMs: () => nowMs + 7 * dayMs },
    { id: "q", kind: "review" },
    "why",
  );
  expect(late).toMatchObject({ kind: "refuse", status: "expired" });
});

test("it never stands longer than the delegation lasts, less a day for what is to be done afterwards", () => {
  const late = nowMs + 12 * dayMs;
  const asking = ask({ request: requestOf(), nowMs: () => late }, { id: "q", kind: "review" }, "why");
  expect(asking).toMatchObject({ question: { deadline: new Date(nowMs + 16 * dayMs).toISOString() } });
  const none = ask({ request: requestOf(), nowMs: () => nowMs + 17 * dayMs }, { id: "q", kind: "review" }, "why");
  expect(none).toMatchObject({ kind: "refuse", status: "expired" });
});
