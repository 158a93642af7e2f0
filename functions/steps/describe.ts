// What decides how the image boots is on it, while it is still private and unfinished.
import { imageToPublish, imageVanished } from "../../lib/workflow/image-to-publish.ts";
import { done, refuse } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep } from "../../lib/workflow/step.ts";

export const describe = defineStep("describe", async ({ request, cloud }) => {
  let image = await imageToPublish(cloud, request);
  if (!image) return refuse(imageVanished(request));

  // Nova writes the flavor's disk as min_disk; what an image needs is its virtual size (measured on Zed; null on some older clouds).
  const minDiskGib = image.virtualSizeBytes === null ? image.minDiskGib : Math.ceil(image.virtualSizeBytes / 2 ** 30);
  if (image.minDiskGib !== minDiskGib) {
    image = await cloud.image.patchImage(image.id, [{ op: "replace", path: "/min_disk", value: minDiskGib }]);
  }
  // hw_* and os_* stay as Nova copied them from what the source booted with: another bus may not find the root disk.
  return done(
    { minDiskGib: image.minDiskGib, minRamMib: image.minRamMib },
    `the image needs a disk of ${image.minDiskGib} GiB and ${image.minRamMib} MiB of memory; its buses are those of the source`,
  );
});

export const handler = serveStep(describe);
