// POST /v1/images/{id}/members: shares an image with a person's project, or with a project by its name.
import { createMember } from "../../events/operations/create-member.ts";
import { projectOfName, projectOfUser } from "../../lib/directory/find-project.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { HttpProblem } from "../../lib/http/http-problem.ts";
import { ownImage } from "../../lib/http/visible-image.ts";
import { addMember, refuseUnshareable, wholeProject } from "../../lib/images/members.ts";
import { tellShared } from "../../lib/images/sharing-notices.ts";
import { noDirectory } from "../../lib/requests/sharing.ts";

export const handler = endpoint(createMember, async (call) => {
  const { runtime, provider, caller, body, bounded } = call;
  const image = await ownImage(call);
  refuseUnshareable(image, provider.policy);
  if (!provider.directory) throw new HttpProblem(422, noDirectory("user" in body ? "user" : "project"));
  const directory = bounded(provider.directory);
  const found =
    "user" in body
      ? await projectOfUser(directory, body.user, body.domain)
      : await projectOfName(directory, body.project, body.domain);
  const member = await addMember(caller.cloud, image, found);
  await tellShared(runtime, provider.name, image, member);
  return answer(200, { ...member, note: wholeProject });
});
