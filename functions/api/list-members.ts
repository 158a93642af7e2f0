// GET /v1/images/{id}/members: the projects that an image is shared with, and what each answered.
import { listMembers } from "../../events/operations/list-members.ts";
import { answer } from "../../lib/http/answer.ts";
import { endpoint } from "../../lib/http/endpoint.ts";
import { visibleImage } from "../../lib/http/visible-image.ts";
import { membersOf, wholeProject } from "../../lib/images/members.ts";

export const handler = endpoint(listMembers, async (call) => {
  const { provider, caller, bounded } = call;
  const image = await visibleImage(call);
  const directory = provider.directory && bounded(provider.directory);
  return answer(200, { members: await membersOf(caller.cloud, directory, image), note: wholeProject });
});
