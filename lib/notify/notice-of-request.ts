// From a request's milestone to the notice that tells of it.
import type { ImageRequest } from "../requests/image-request.ts";
import { noticeIdOf } from "./delivery.ts";
import type { Notice } from "./notice.ts";

/** The notice of the milestone at `place`, with what the request knows by now. */
export function noticeOfRequest(request: ImageRequest, place: number): Notice {
  const milestone = request.milestones?.[place];
  if (!milestone) throw new Error(`request ${request.id} has no milestone ${place}`);
  const { contactAddress, requester } = request;
  return {
    id: noticeIdOf(request.id, place),
    kind: `image-request.${milestone.kind}`,
    provider: request.provider,
    projectId: request.projectId,
    at: milestone.at,
    ...(contactAddress && { recipient: { address: contactAddress, name: requester.userName } }),
    facts: { requestId: request.id, serverId: request.server.id, ...factsOf(request, milestone.questionId) },
    words: {
      imageName: request.asked.name,
      serverName: request.server.name,
      requesterName: requester.userName,
      ...wordsOf(request),
    },
    sequence: { of: request.id, place },
  };
}

function factsOf(request: ImageRequest, questionId: string | undefined): Record<string, string> {
  const { end, waiting, learned } = request;
  const question = questionId && waiting?.question?.id === questionId ? waiting.question : undefined;
  const published = request.endedAt && end?.status === "completed" ? learned.publish?.imageId : undefined;
  return {
    consistency: request.asked.consistency,
    approvalDeadline: request.approvalDeadline,
    ...(question && { question: question.kind, answerDeadline: question.deadline }),
    ...(published && { imageId: published, visibility: request.asked.visibility }),
    ...(request.endedAt && end && "problem" in end && { problemType: end.problem.type }),
  };
}

/** What went wrong is told in words that may name people. */
function wordsOf({ end, endedAt }: ImageRequest): Record<string, string> {
  if (!endedAt || !end || end.status === "completed") return {};
  const { detail, remedy, openstackRequestId } = end.problem;
  return { reason: detail, ...(remedy && { remedy }), ...(openstackRequestId && { openstackRequestId }) };
}
