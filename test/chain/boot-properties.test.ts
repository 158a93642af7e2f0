// What a published image boots with: the policy's properties, as far as the guest can boot with them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CleanedGuest, VerifiedGuest } from "../../lib/guest/spoken.ts";
import { type Bench, imageOf, serverNow } from "./bench.ts";
import { guestsSay, post, reportOf, startCleaningBench } from "./speaking-guests.ts";

const scsi = { hw_disk_bus: "scsi", hw_scsi_model: "virtio-scsi" };
const agent = { hw_qemu_guest_agent: "yes", os_require_quiesce: "yes" };

let bench: Bench;
afterEach(() => bench.close());

interface Guests {
  readonly bootProperties: Record<string, string>;
  readonly clean?: CleanedGuest;
  readonly verify?: VerifiedGuest;
  /** Of the server's own image. */
  readonly inherited?: Record<string, string>;
}

async function made(
  { bootProperties, clean = {}, verify = {}, inherited = {} }: Guests,
  more: Record<string, unknown> = {},
) {
  bench = await startCleaningBench({ policy: { bootProperties } });
  Object.assign(serverNow(bench, "analysis-1").systemMetadata, inherited);
  guestsSay(bench, { clean, verify });
  const request = await bench.drive(await post(bench, more));
  expect(request.end).toEqual({ status: "completed" });
  const described = request.timeline.find(({ step, what }) => step === "describe" && what === "done")?.text;
  return { request, described, properties: imageOf(bench, request).properties };
}

test("a guest that names no virtio disk gets scsi, and is proven with it", async () => {
  const { request, properties, described } = await made({ bootProperties: scsi });
  expect(properties).toMatchObject(scsi);
  expect(described).toContain("its buses are as the policy wants");
  const proven = Object.values(bench.cloud.state.servers).find(
    ({ imageId }) => imageId === request.learned.publish?.imageId,
  );
  expect(proven?.systemMetadata).toMatchObject(scsi);
});

test("one that does keeps its bus, and the timeline and the report say why", async () => {
  const place = "/etc/fstab:1: /dev/vda1 / ext4";
  const { request, properties, described } = await made({ bootProperties: scsi, clean: { virtioDisk: [place] } });
  expect(properties.hw_disk_bus).toBe("virtio");
  expect(properties).not.toHaveProperty("hw_scsi_model");
  expect(described).toContain(`its buses are those of the source: ${place} names a virtio disk`);
  expect((await reportOf(bench, request.id)).clean.report.namesVirtioDisk).toEqual([place]);
});

test("an fstab of a real guest is read by the real script, and the image boots", async () => {
  bench = await startCleaningBench({ policy: { bootProperties: scsi } });
  const root = bench.cloud.diskOf(serverNow(bench, "analysis-1").id);
  writeFileSync(join(root, "etc/fstab"), "/dev/vda1 / ext4 defaults 0 1\n");
  const request = await bench.drive(await post(bench));
  expect(request.end).toEqual({ status: "completed" });
  expect(imageOf(bench, request).properties.hw_disk_bus).toBe("virtio");
  expect(request.learned.describe?.keptBuses).toEqual([
    expect.stringMatching(/^\/etc\/fstab:1: .*names a virtio disk$/),
  ]);
});

test("nobody has looked inside an image that is taken as it is: its buses stay", async () => {
  const { properties, described } = await made({ bootProperties: scsi }, { preparation: "as-is" });
  expect(properties.hw_disk_bus).toBe("virtio");
  expect(described).toContain("nobody has looked inside");
});

test("os_require_quiesce is set only once the agent was seen active", async () => {
  const active = await made({ bootProperties: agent });
  expect(active.properties).toMatchObject(agent);
  await bench.close();
  const installed = await made({ bootProperties: agent, verify: { guestAgent: "installed" } });
  expect(installed.properties).toMatchObject({ hw_qemu_guest_agent: "yes" });
  expect(installed.properties).not.toHaveProperty("os_require_quiesce");
});

test("an os_require_quiesce that the source had is gone where the proof saw no active agent: else no server of the image could be imaged", async () => {
  const inherited = { os_require_quiesce: "yes", hw_qemu_guest_agent: "yes" };
  const guests = { clean: { guestAgent: "absent" }, verify: { guestAgent: "absent" } } as const;
  const { properties } = await made({ bootProperties: {}, inherited, ...guests });
  expect(properties).not.toHaveProperty("os_require_quiesce");
  await bench.close();
  const active = await made({ bootProperties: {}, inherited });
  expect(active.properties).toMatchObject(inherited);
});

test("an agent that is not installed is not promised by hw_qemu_guest_agent", async () => {
  const guests = { clean: { guestAgent: "absent" }, verify: { guestAgent: "absent" } } as const;
  const { request } = await made({ bootProperties: agent, ...guests, inherited: { hw_qemu_guest_agent: "no" } });
  expect(imageOf(bench, request).properties.hw_qemu_guest_agent).toBe("no");
  expect(request.learned.verify?.warnings.map(({ code }) => code)).toContain("no-guest-agent");
});
