// The image has its name, description, tags and provenance; what made it look like a snapshot, and our mark, is gone; then others may see it.
import { setPublic } from "../../lib/images/set-public.ts";
import { type Cloud, type Image, OpenStackFault } from "../../lib/openstack/index.ts";
import { onlyPrivately } from "../../lib/workflow/after-cleaning.ts";
import { imageToPublish, imageVanished } from "../../lib/workflow/image-to-publish.ts";
import { done, lookAgain, refuse, wait } from "../../lib/workflow/outcome.ts";
import { publication } from "../../lib/workflow/publication.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const publish = defineStep("publish", async ({ request, cloud, staff, provider, evidence, ledger }) => {
  let image = await imageToPublish(cloud, request);
  if (!image) return refuse(imageVanished(request));

  // The time of the first look: what stands on the image may be another's, copied from the image that its server was booted from.
  const publishedAt = new Date(await ledger.publishing(image.id)).toISOString();
  const packages = (await evidence.find("verify"))?.report?.packages.items ?? [];
  const cleaned = request.asked.visibility === "private" ? (await evidence.find("clean"))?.report : undefined;
  const privateOnly = cleaned && onlyPrivately(request, provider.policy, cleaned);
  const wanted = { publishedAt, policy: provider.policy, packages, privateOnly };
  const operations = publication(request, image, wanted);
  if (operations.length > 0) {
    image = await cloud.image.patchImage(image.id, operations);
    if (publication(request, image, wanted).length > 0) return wait("Glance has not yet taken every property");
  }
  // Private until all of that is there; members last.
  const { visibility, share } = request.asked;
  if (visibility === "public") {
    if (image.visibility !== visibility) image = await setPublic(staffOf(staff), image.id);
  } else if (image.visibility !== visibility) {
    image = await cloud.image.patchImage(image.id, [{ op: "replace", path: "/visibility", value: visibility }]);
    if (image.visibility !== visibility) return lookAgain("Glance has not yet taken the visibility");
  }
  await addMembers(cloud, image, request.sharedWith?.map(({ id }) => id) ?? share.projects);
  return done({ imageId: image.id, publishedAt }, `${request.asked.name} is published, ${image.visibility}`);
});

export const handler = serveStep(publish);

/** The door took the request because there was one. The operator took it away: the image waits, as for any service that is away. */
function staffOf(staff: Cloud | undefined): Cloud {
  if (staff) return staff;
  throw new OpenStackFault({
    kind: "unavailable",
    service: "image",
    method: "PATCH",
    path: "/images",
    detail: "images are made public with the operator's credential, and `staffCloud` is configured no longer",
  });
}

/** Glance shares with a whole project, which may boot the image at once and sees it in its list once it has accepted (measured on Zed). */
async function addMembers(cloud: Cloud, image: Image, projects: readonly string[]): Promise<void> {
  if (projects.length === 0) return;
  const there = new Set((await cloud.image.listMembers(image.id)).map(({ projectId }) => projectId));
  for (const project of projects) if (!there.has(project)) await cloud.image.addMember(image.id, project);
}
