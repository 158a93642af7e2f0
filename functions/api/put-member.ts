// PUT /v1/images/{id}/members/{project}: shares an image with a project, by its id.
import { putMember } from "../../events/operations/put-member.ts";
import { projectId } from "../../events/sharing.ts";
import { projectOfId } from "../../lib/directory/find-project.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { invalid } from "../../lib/http/http-problem.ts";
import { ownImage } from "../../lib/http/visible-image.ts";
import { addMember, refuseUnshareable, wholeProject } from "../../lib/images/members.ts";
import { tellShared } from "../../lib/images/sharing-notices.ts";

export const handler = endpoint(putMember, async (call) => {
  const { runtime, provider, caller, params, bounded } = call;
  const named = projectId.safeParse(params.project);
  if (!named.success) throw invalid([{ field: "project", detail: named.error.issues[0]?.message ?? "is no id" }]);
  const image = await ownImage(call);
  refuseUnshareable(image, provider.policy);
  const found = await projectOfId(provider.directory && bounded(provider.directory), named.data);
  const member = await addMember(caller.cloud, image, found);
  await tellShared(runtime, provider.name, image, member);
  return answer(200, { ...member, note: wholeProject });
});
