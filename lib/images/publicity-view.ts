// The question whether an image shall be public, for those who may see it and as they see it.
import type { Call } from "../http/endpoint.ts";
import { notFound } from "../http/http-problem.ts";
import { openPublicity, type Publicity, publicityStatus } from "./publicity.ts";

export function publicityView(question: Publicity) {
  const { imageId, imageName, provider, projectId, projectName, requester, reason, askedAt } = question;
  const status = publicityStatus(question);
  return {
    image: { id: imageId, name: imageName },
    status,
    provider,
    project: { id: projectId, name: projectName },
    requester,
    reason,
    askedAt,
    decision: question.decision ?? null,
    publicSince: status === "public" ? (question.doneAt ?? null) : null,
  };
}

/** For the project that asked, and for staff; others are told that there is none. */
export async function visiblePublicity({
  runtime,
  provider,
  caller,
  params: { id },
}: Call<unknown, unknown, { readonly id: string }>): Promise<Publicity> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  const question = isId ? await openPublicity(runtime.table).find(provider.name, id) : undefined;
  if (question && (caller.isStaff || caller.projectId === question.projectId)) return question;
  throw notFound("question about an image");
}
