// What decides how the image boots is on it, while it is still private and unfinished.

import { type Image, type PatchOperation, propertyPath } from "../../lib/openstack/index.ts";
import { busProperties } from "../../lib/providers/boot-properties.ts";
import { imageToPublish, imageVanished } from "../../lib/workflow/image-to-publish.ts";
import { done, refuse } from "../../lib/workflow/outcome.ts";
import { serveStep } from "../../lib/workflow/serve-step.ts";
import { defineStep, type StepSurroundings } from "../../lib/workflow/step.ts";

export const describe = defineStep("describe", async (at) => {
  const { request, cloud } = at;
  let image = await imageToPublish(cloud, request);
  if (!image) return refuse(imageVanished(request));

  // Nova writes the flavor's disk as min_disk; what an image needs is its virtual size (measured on Zed; null on some older clouds).
  const minDiskGib = image.virtualSizeBytes === null ? image.minDiskGib : Math.ceil(image.virtualSizeBytes / 2 ** 30);
  const { wanted, keptBuses } = await wantedProperties(at, image);
  const operations: PatchOperation[] = Object.entries(wanted)
    .filter(([name, value]) => image?.properties[name] !== value)
    .map(([name, value]) => ({ op: "add", path: propertyPath(name), value }));
  if (image.minDiskGib !== minDiskGib) operations.push({ op: "replace", path: "/min_disk", value: minDiskGib });
  if (operations.length > 0) image = await cloud.image.patchImage(image.id, operations);
  const buses =
    keptBuses.length > 0
      ? `its buses are those of the source: ${keptBuses.join("; ")}`
      : "its buses are as the policy wants";
  return done(
    { minDiskGib: image.minDiskGib, minRamMib: image.minRamMib, keptBuses },
    `the image needs a disk of ${image.minDiskGib} GiB and ${image.minRamMib} MiB of memory; ${buses}`,
  );
});

export const handler = serveStep(describe);

/**
 * The policy's, as far as the guest can boot with them: one whose fstab or kernel command line names /dev/vdX does not find its root disk on another
 * bus (measured on Zed: `ALERT! /dev/vda does not exist`). os_require_quiesce waits for `publish`: only `verify` sees whether the agent answers.
 */
async function wantedProperties(
  { evidence, provider, request }: StepSurroundings,
  image: Image,
): Promise<{ wanted: Record<string, string>; keptBuses: string[] }> {
  const { os_require_quiesce: _later, hw_qemu_guest_agent: agent, ...policy } = provider.policy.bootProperties;
  const wanted: Record<string, string> = {};
  for (const [name, value] of Object.entries(policy)) if (value !== undefined) wanted[name] = value;
  const report = (await evidence.find("clean"))?.report;
  if (agent && (agent === "no" || (report && report.guestAgent !== "absent"))) wanted.hw_qemu_guest_agent = agent;
  const changed = busProperties.filter((name) => wanted[name] !== undefined && wanted[name] !== image.properties[name]);
  if (changed.length === 0) return { wanted, keptBuses: policy.hw_disk_bus ? [] : ["the policy names no others"] };
  const why =
    request.asked.preparation === "as-is"
      ? ["nobody has looked inside an image that is taken as it is"]
      : (report?.namesVirtioDisk ?? []).map((place) => `${place} names a virtio disk`);
  if (why.length === 0) return { wanted, keptBuses: [] };
  for (const name of busProperties) delete wanted[name];
  return { wanted, keptBuses: why };
}
