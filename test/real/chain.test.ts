// The chain on a real OpenStack with a real running guest: what a member asks for, and what they find afterwards.

import type { Server } from "../../lib/openstack/index.ts";
import { callsBesidePolling } from "../chain/polling.ts";
import { bootServer, deleteServer, imageNamed, openRealCloud, type RealCloud } from "./real-cloud.ts";

let cloud: RealCloud;
let source: Server;
const madeImages: string[] = [];

beforeAll(async () => {
  cloud = await openRealCloud();
  source = await bootServer(
    cloud.as("user-a"),
    "darkroom-test-source",
    await imageNamed(cloud.as("user-a"), "debian-12"),
  );
});

afterAll(async () => {
  const member = cloud.as("user-a");
  for (const id of madeImages) await member.image.deleteImage(id);
  await deleteServer(member, source.id).catch(() => undefined);
  await cloud.close();
});

/** Of ours there is nothing in the member's project: no unfinished image, no trust. */
async function expectNothingLeft() {
  const { user, project } = await cloud.as("user-a").token();
  const names: string[] = [];
  for await (const { name, properties } of cloud.as("user-a").image.listImages({ owner: project?.id })) {
    if (name?.startsWith("darkroom-") || properties.darkroom_mark) names.push(String(name));
  }
  expect(names).toEqual([]);
  const trusts = await cloud.as("user-a").identity.listTrusts({ trustorUserId: user.id });
  expect(trusts.filter(({ extra }) => extra.darkroom_mark)).toEqual([]);
}

async function expectAsFound() {
  const server = await cloud.as("user-a").compute.getServer(source.id);
  expect(server).toMatchObject({ status: "ACTIVE", locked: false, taskState: null });
}

test("one POST: the image is as asked, the server runs again, and another server boots from the image", async () => {
  const beganMs = Date.now();
  const id = await cloud.post({
    serverId: source.id,
    name: "Real Debian",
    description: "a real one",
    tags: ["debian", "test"],
    installedSoftware: [{ name: "cloud-init", path: "/usr/bin/cloud-init" }],
  });
  const request = await cloud.followToEnd(id);
  const tookMs = Date.now() - beganMs;
  expect(request).toMatchObject({
    status: "completed",
    problem: null,
    image: { name: "Real Debian", visibility: "private" },
  });
  const imageId = request.image?.id ?? "";
  madeImages.push(imageId);

  const member = cloud.as("user-a");
  const image = await member.image.getImage(imageId);
  expect(image).toMatchObject({
    name: "Real Debian",
    status: "active",
    visibility: "private",
    owner: source.projectId,
  });
  expect([...image.tags].sort()).toEqual(["debian", "test"]);
  expect(image.minDiskGib).toBe(Math.ceil(Number(image.virtualSizeBytes) / 2 ** 30));
  expect(image.properties).toMatchObject({
    description: "a real one",
    darkroom_request: id,
    darkroom_server: source.id,
    darkroom_base_image: source.imageId,
    darkroom_base_image_hash: expect.stringMatching(/^sha512:/),
    hw_disk_bus: "virtio",
  });
  const snapshotOnly =
    /^(image_type|instance_uuid|locked_reason|base_image_ref|boot_roles|image_location|image_state|user_id|owner_id|owner_user_name|owner_project_name|darkroom_mark)$/;
  expect(Object.keys(image.properties).filter((name) => snapshotOnly.test(name))).toEqual([]);
  await expectAsFound();
  await expectNothingLeft();

  const logged = cloud.callsLogged(beganMs);
  const counted = callsBesidePolling(logged);
  console.log(
    `the whole chain: ${tookMs} ms, ${counted.length} calls to the cloud beside polling, ${logged.length} with it\n${counted.join("\n")}`,
  );
  expect(counted.length).toBeLessThanOrEqual(25);
  expect(logged.filter(({ path }) => path.includes("/file"))).toEqual([]);

  const child = await bootServer(member, "darkroom-test-child", imageId);
  await deleteServer(member, child.id);
});

test("cancelled in capture: the server runs again, nothing is left", async () => {
  const id = await cloud.post({ serverId: source.id, name: "Cancelled" });
  await cloud.follow(id, ({ step, waitingFor }) => step === "capture" && waitingFor !== null);
  expect(
    (await cloud.call("user-a", "POST", `/v1/image-requests/${id}/cancel`, { reason: "changed my mind" })).status,
  ).toBe(202);
  const request = await cloud.followToEnd(id);
  expect(request).toMatchObject({
    status: "cancelled",
    image: null,
    problem: { detail: "Cancelled by user-a: changed my mind." },
  });
  await expectAsFound();
  await expectNothingLeft();
});

test("an image that somebody deletes while Nova makes it: told so by Nova's record, and the server runs again", async () => {
  const member = cloud.as("user-a");
  const id = await cloud.post({ serverId: source.id, name: "Deleted" });
  await cloud.follow(
    id,
    ({ step, waitingFor }) => step === "capture" && (waitingFor?.why ?? "").includes("Glance says"),
  );
  const { project } = await member.token();
  for await (const image of member.image.listImages({ owner: project?.id })) {
    if (image.name?.startsWith("darkroom-")) await member.image.deleteImage(image.id);
  }
  const request = await cloud.followToEnd(id);
  console.log(`told: ${request.problem?.detail}`);
  expect(request).toMatchObject({ status: "failed", image: null });
  expect(request.problem?.type).toContain("snapshot-lost");
  expect(request.problem?.detail).toBe(
    "The snapshot of darkroom-test-source failed: Glance has it no more; Nova's record shows no error: somebody deleted the image while it was made.",
  );
  await expectAsFound();
  await expectNothingLeft();
});

test("denied by staff: told why, the server was never touched", async () => {
  const id = await cloud.post({
    serverId: source.id,
    name: "Denied",
    keepPaths: [{ path: "/home/shared", reason: "course" }],
  });
  await cloud.follow(id, ({ status }) => status === "awaiting-approval");
  expect(
    (await cloud.call("user-b", "POST", `/v1/image-requests/${id}/decision`, { decision: "approve" })).status,
  ).toBe(404);
  expect(
    (await cloud.call("user-a", "POST", `/v1/image-requests/${id}/decision`, { decision: "approve" })).status,
  ).toBe(403);
  expect(
    (
      await cloud.call("admin", "POST", `/v1/image-requests/${id}/decision`, {
        decision: "deny",
        reason: "not that path",
      })
    ).status,
  ).toBe(200);
  const request = await cloud.followToEnd(id);
  expect(request).toMatchObject({ status: "denied", problem: { detail: "admin denied the request: not that path" } });
  await expectAsFound();
  await expectNothingLeft();
});

test("a request for what cannot be imaged is refused with its reason, and the preflight says the same before", async () => {
  const body = {
    serverId: "11111111-1111-4111-8111-111111111111",
    name: "Nothing",
    licenseAcknowledged: true,
    preparation: "as-is",
  };
  const preflight = await cloud.call("user-a", "POST", "/v1/preflights", body);
  expect(preflight).toMatchObject({
    status: 200,
    body: { ready: false, obstacles: [{ code: "server-unknown", field: "serverId" }] },
  });
  const posted = await cloud.call("user-a", "POST", "/v1/image-requests", body);
  expect(posted).toMatchObject({ status: 422, body: { errors: [{ field: "serverId" }] } });
});

test("a server that its owner deletes in the middle: told in words, nothing is left", async () => {
  const id = await cloud.post({ serverId: source.id, name: "Gone" });
  await cloud.follow(id, ({ step, waitingFor }) => step === "capture" && waitingFor !== null);
  await deleteServer(cloud.as("user-a"), source.id);
  const request = await cloud.followToEnd(id);
  expect(request.status).toBe("failed");
  expect(request.problem?.detail).toContain("was deleted before its image was made");
  await expectNothingLeft();
});
