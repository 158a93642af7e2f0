// POST /v1/image-requests/{id}/answer: the requester answers what the request asks.

import { answerImageRequest } from "../../events/operations/answer-image-request.ts";
import { excludePathProblem } from "../../lib/guest/paths.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { conflict, HttpProblem, invalid } from "../../lib/http/http-problem.ts";
import { actor, visibleRequest } from "../../lib/http/visible-request.ts";
import { type Answer, type ImageRequest, openQuestion, type Question } from "../../lib/requests/image-request.ts";
import { tooLongForGuest } from "../../lib/requests/limits.ts";
import { type FieldError, problem } from "../../lib/requests/problem.ts";
import { representation } from "../../lib/requests/representation.ts";
import { nudge } from "../../lib/workflow/nudge.ts";
import { excludedPaths, secretsToAsk } from "../../lib/workflow/questions.ts";

export const handler = endpoint(answerImageRequest, async (call) => {
  const { runtime, caller, body } = call;
  const request = await visibleRequest(call);
  if (request.requester.userId !== caller.userId) {
    const detail = "Only who asked for the image can answer.";
    throw new HttpProblem(403, problem("not-requester", "Not yours to answer", detail));
  }
  const question = openQuestion(request);
  if (!question) throw nothingAsked();

  const nowMs = runtime.clock.now();
  const given: Answer = {
    questionId: question.id,
    by: actor(caller),
    at: new Date(nowMs).toISOString(),
    ...("review" in body ? { excludePaths: [], acknowledgedSecrets: [], ...body } : { ...body, reason: "" }),
  };
  const errors = wrongIn(request, question, given);
  if (errors.length > 0) throw invalid(errors);
  const answered = await runtime.store.answer(request, given, nowMs);
  if (!answered) throw nothingAsked();
  call.note({
    question: question.id,
    kind: question.kind,
    review: given.review,
    reason: given.reason,
    acknowledgedSecrets: given.acknowledgedSecrets.length,
    excludedPaths: given.excludePaths.length,
  });
  await nudge(runtime, answered);
  return answer(202, representation(answered));
});

function nothingAsked(): HttpProblem {
  return conflict("not-asking", "The request asks nothing now, or was answered already.", "Look at its `question`.");
}

/** An answer must answer: an open secret would only be asked for again. */
function wrongIn(request: ImageRequest, question: Question, given: Answer): FieldError[] {
  if (question.kind === "review")
    return given.review ? [] : [{ field: "review", detail: "must be accept or reject: that is what is asked" }];
  if (given.review) return [{ field: "review", detail: "is not asked: secrets are" }];
  const answered = { asked: request.asked, answers: [...(request.answers ?? []), given] };
  const open = secretsToAsk(answered, { secrets: { items: question.secrets ?? [], omitted: 0 } });
  const errors: FieldError[] = open.map(({ path }) => ({
    field: "acknowledgedSecrets",
    detail: `${path} is neither acknowledged nor excluded`,
  }));
  for (const [at, path] of given.excludePaths.entries()) {
    const detail = excludePathProblem(path);
    if (detail) errors.push({ field: `excludePaths.${at}`, detail: `${path.slice(0, 200)} ${detail}` });
  }
  const tooLong = tooLongForGuest({ ...request.asked, excludePaths: excludedPaths(answered) });
  if (tooLong) errors.push({ field: "excludePaths", detail: tooLong });
  return errors;
}
