// The image has its name, description, tags and provenance; what made it look like a snapshot, and our mark, is gone.
import { imageToPublish, imageVanished } from "../../lib/workflow/image-to-publish.ts";
import { done, refuse, wait } from "../../lib/workflow/outcome.ts";
import { publication } from "../../lib/workflow/publication.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const publish = defineStep("publish", async ({ request, cloud, nowMs }) => {
  let image = await imageToPublish(cloud, request);
  if (!image) return refuse(imageVanished(request));

  const publishedAt = image.properties.darkroom_published_at ?? new Date(nowMs()).toISOString();
  const operations = publication(request, image, publishedAt);
  if (operations.length > 0) {
    image = await cloud.image.patchImage(image.id, operations);
    if (publication(request, image, publishedAt).length > 0) return wait("Glance has not yet taken every property");
  }
  return done({ imageId: image.id, publishedAt }, `${request.asked.name} is published, ${image.visibility}`);
});

export const handler = serveStep(publish);
