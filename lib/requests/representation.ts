// A request as callers see it: nothing of the ledger, of trusts or of claims.
import { type ImageRequest, openQuestion, statusOf } from "./image-request.ts";

export function representation(request: ImageRequest) {
  const { asked, end, learned, waiting } = request;
  const published = request.endedAt && end?.status === "completed" ? learned.publish : undefined;
  return {
    id: request.id,
    status: statusOf(request),
    step: request.step,
    waitingFor:
      waiting && !request.endedAt ? { why: waiting.why, since: new Date(waiting.evidenceSinceMs).toISOString() } : null,
    question: openQuestion(request) ?? null,
    image: published ? { id: published.imageId, name: asked.name, visibility: asked.visibility } : null,
    warnings: learned.verify?.warnings ?? [],
    problem: end && end.status !== "completed" ? end.problem : null,
    ...(end?.leftovers && { leftovers: end.leftovers }),
    provider: request.provider,
    project: { id: request.projectId, name: request.requester.projectName },
    requester: { id: request.requester.userId, name: request.requester.userName },
    server: request.server,
    asked,
    sharedWith: request.sharedWith ?? [],
    license: request.license,
    decision: request.decision ?? null,
    createdAt: request.createdAt,
    updatedAt: request.updatedAt,
    endedAt: request.endedAt ?? null,
    erasedAt: request.erasedAt ?? null,
    approvalDeadline: request.approvalDeadline,
    links: {
      self: pathOf(request.id),
      timeline: `${pathOf(request.id)}/timeline`,
      report: `${pathOf(request.id)}/report`,
      audit: `${pathOf(request.id)}/audit`,
    },
  };
}

export function pathOf(id: string): string {
  return `/v1/image-requests/${id}`;
}
