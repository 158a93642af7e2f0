// The image has its name, description, tags and provenance; what made it look like a snapshot, and our mark, is gone; then others may see it.
import type { Cloud, Image } from "../../lib/openstack/index.ts";
import { onlyPrivately } from "../../lib/workflow/after-cleaning.ts";
import { imageToPublish, imageVanished } from "../../lib/workflow/image-to-publish.ts";
import { done, lookAgain, refuse, wait } from "../../lib/workflow/outcome.ts";
import { publication } from "../../lib/workflow/publication.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const publish = defineStep("publish", async ({ request, cloud, provider, evidence, nowMs }) => {
  let image = await imageToPublish(cloud, request);
  if (!image) return refuse(imageVanished(request));

  const publishedAt = image.properties.darkroom_published_at ?? new Date(nowMs()).toISOString();
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
  if (image.visibility !== visibility) {
    image = await cloud.image.patchImage(image.id, [{ op: "replace", path: "/visibility", value: visibility }]);
    if (image.visibility !== visibility) return lookAgain("Glance has not yet taken the visibility");
  }
  await addMembers(cloud, image, share.projects);
  return done({ imageId: image.id, publishedAt }, `${request.asked.name} is published, ${image.visibility}`);
});

export const handler = serveStep(publish);

/** Glance shares with a whole project, which may boot the image at once and sees it in its list once it has accepted (measured on Zed). */
async function addMembers(cloud: Cloud, image: Image, projects: readonly string[]): Promise<void> {
  if (projects.length === 0) return;
  const there = new Set((await cloud.image.listMembers(image.id)).map(({ projectId }) => projectId));
  for (const project of projects) if (!there.has(project)) await cloud.image.addMember(image.id, project);
}
