// The second seed document, "Snapshots and Images": every sentence that promises something, over HTTP, on a real cloud.
import { OpenStackFault, type Server } from "../../lib/openstack/index.ts";
import { bootServer, deleteServer, imageNamed } from "../real/real-cloud.ts";
import { guidesProperties, openStage, type Stage } from "./stage.ts";

let stage: Stage;
let server: Server;
let other: string;
let id: string;
let imageId: string;

/** Its disk by UUID, as in most images of distributions, so that it boots from a SCSI disk as well. */
const workflow = `#!/bin/sh
uuid=$(blkid -s UUID -o value /dev/vda)
sed -i "s#^/dev/vda #UUID=$uuid #" /etc/fstab
sed -i "s#root=/dev/vda#root=UUID=$uuid#" /boot/extlinux/extlinux.conf
mkdir -p /opt/workflow; echo "my custom workflow" >/opt/workflow/notes; sync
echo workflow-made >/dev/ttyS0
`;

const owner = () => stage.as("user-a");
const statusFor = async (person: string) => (await stage.call(person, "GET", `/v1/images/${imageId}`)).status;
const change = (body: Record<string, unknown>) => stage.call("user-a", "PATCH", `/v1/images/${imageId}`, body);

beforeAll(async () => {
  stage = await openStage();
  other = await stage.projectOf("user-b");
  server = await bootServer(owner(), "my-custom-instance", await imageNamed(owner(), "debian-12"), {
    userData: workflow,
    until: /workflow-made/,
  });
});

afterAll(async () => {
  await deleteServer(owner(), server.id).catch(() => undefined);
  await stage.close();
});

test('"Make sure that cloud-init is installed on your instance as well as qemu-guest-agent": said before, as far as it can be known', async () => {
  const { status, body } = await stage.call("user-a", "POST", "/v1/preflights", asked());
  expect(status).toBe(200);
  expect({ ready: body.ready, obstacles: body.obstacles.filter(({ level }: Level) => level === "obstacle") }).toEqual({
    ready: true,
    obstacles: [],
  });
});

test('"Boot the new image. Test it. Make sure it works. Do this before deleting": the requester tries the private image first', async () => {
  const posted = await stage.call("user-a", "POST", "/v1/image-requests", asked());
  expect(posted.status).toBe(202);
  id = posted.body.id;
  const request = await stage.follow(id, ({ status, endedAt }) => status === "asking" || endedAt !== null);
  expect(request).toMatchObject({ status: "asking", question: { kind: "review" }, problem: null });
  imageId = request.question?.imageId ?? "";

  const child = await bootServer(owner(), "my-test", imageId, {
    userData: `#!/bin/sh\ncat /opt/workflow/notes >/dev/ttyS0\n`,
    until: /my custom workflow/,
  });
  await deleteServer(owner(), child.id);
  const { body: report } = await stage.call("user-a", "GET", `/v1/image-requests/${id}/report`);
  expect(report.verify).toMatchObject({ imageId, verdict: { sound: true }, report: { guestAgent: "active" } });

  const accepted = await stage.call("user-a", "POST", `/v1/image-requests/${id}/answer`, { review: "accept" });
  expect(accepted.status).toBe(202);
  expect(await stage.followToEnd(id)).toMatchObject({ status: "completed", image: { id: imageId } });
});

test('"You must shut down the source VM and verify the instance status is SHUTOFF before creating the snapshot"', async () => {
  const actions = await owner().compute.listInstanceActions(server.id);
  const begun = (name: string) => Date.parse(actions.find(({ action }) => action === name)?.startedAt ?? "");
  expect(begun("stop")).toBeLessThan(begun("createImage"));
  const { body } = await stage.call("user-a", "GET", `/v1/image-requests/${id}/timeline`);
  const quiesced = body.timeline.find(({ step, what }: Entry) => step === "quiesce" && what === "done");
  expect(Date.parse(quiesced.at)).toBeLessThan(begun("createImage") + 1000); // Nova tells whole seconds
  expect(quiesced.text).toMatch(/SHUTOFF|stopped/);
  expect(await owner().compute.getServer(server.id)).toMatchObject({ status: "ACTIVE", locked: false });
});

test('"An image created by snapshot has additional properties and defaults to being private": it is private, and has them no more', async () => {
  const image = await owner().image.getImage(imageId);
  expect(image).toMatchObject({ visibility: "private", status: "active", minDiskGib: 2 });
  const ofSnapshots =
    /^(image_type|instance_uuid|base_image_ref|image_location|image_state|boot_roles|user_id|owner_\w+)$/;
  expect(Object.keys(image.properties).filter((name) => ofSnapshots.test(name))).toEqual([]);
  expect(await statusFor("user-b")).toBe(404);
});

test('"There are a lot of metadata tags, important to insure that your instances will create properly"', async () => {
  expect((await owner().image.getImage(imageId)).properties).toMatchObject(guidesProperties);
});

test('"openstack image show … -c visibility", "openstack image set --shared", "openstack image add project", "openstack image set --accept"', async () => {
  expect((await stage.call("user-a", "GET", `/v1/images/${imageId}`)).body.visibility).toBe("private");
  expect(await change({ visibility: "shared" })).toMatchObject({ status: 200, body: { visibility: "shared" } });
  const added = await stage.call("user-a", "PUT", `/v1/images/${imageId}/members/${other}`);
  expect(added).toMatchObject({ status: 200, body: { status: "pending", checked: true } });
  expect(added.body.note).toMatch(/whole project/);
  expect(await sharedWith("user-b")).not.toContain(imageId);

  const { body: waiting } = await stage.call("user-b", "GET", "/v1/invitations?status=pending");
  expect(waiting.invitations.map(({ image }: { image: { id: string } }) => image.id)).toContain(imageId);
  const accepted = await stage.call("user-b", "PUT", `/v1/invitations/${imageId}`, { status: "accepted" });
  expect(accepted.status).toBe(200);
  expect(await sharedWith("user-b")).toContain(imageId);
  const { body } = await stage.call("user-a", "GET", `/v1/images/${imageId}/members`);
  expect(body.members).toMatchObject([{ project: { id: other }, status: "accepted" }]);
});

test('"only those you specify can see": taken back, the other project sees it no more', async () => {
  expect((await stage.call("user-a", "DELETE", `/v1/images/${imageId}/members/${other}`)).status).toBe(204);
  expect(await statusFor("user-b")).toBe(404);
});

test('"community (all can see and boot)"', async () => {
  expect((await change({ visibility: "community" })).status).toBe(200);
  expect(await statusFor("user-b")).toBe(200);
  const { body } = await stage.call("user-b", "GET", "/v1/images?scope=community");
  expect(body.images.map((image: { id: string }) => image.id)).toContain(imageId);
});

test('"Only in VERY special cases public visibility": staff are asked, and say yes', async () => {
  expect((await change({ visibility: "public" })).status).toBeGreaterThanOrEqual(400);
  const asking = await stage.call("user-a", "PUT", `/v1/images/${imageId}/publicity`, { reason: "featured" });
  expect(asking.status).toBe(200);
  expect((await owner().image.getImage(imageId)).visibility).toBe("community");
  const { body } = await stage.call("admin", "GET", "/v1/approvals");
  expect(body.approvals).toContainEqual(
    expect.objectContaining({ kind: "public-image", image: expect.objectContaining({ id: imageId }) }),
  );
  const decided = await stage.call("admin", "POST", `/v1/images/${imageId}/publicity/decision`, {
    decision: "approve",
    reason: "featured by staff",
  });
  expect(decided.status).toBe(200);
  expect((await owner().image.getImage(imageId)).visibility).toBe("public");
});

test('"only your allocation can see and boot": private again', async () => {
  expect((await change({ visibility: "private" })).status).toBe(200);
  expect(await statusFor("user-b")).toBe(404);
});

test('"Delete your snapshot if you no longer need it"; "once it is gone, it is really gone"', async () => {
  expect((await change({ protected: true })).status).toBe(200);
  expect((await stage.call("user-a", "DELETE", `/v1/images/${imageId}`)).status).toBe(409);
  expect((await change({ protected: false })).status).toBe(200);
  expect((await stage.call("user-a", "DELETE", `/v1/images/${imageId}`)).status).toBe(204);
  const gone = await owner()
    .image.getImage(imageId)
    .catch((fault: unknown) => fault);
  expect(gone).toBeInstanceOf(OpenStackFault);
  expect(gone).toMatchObject({ kind: "notFound" });
});

function asked() {
  return {
    serverId: server.id,
    name: "MyCustomImage-Feb-7-2022",
    description: "my custom workflow",
    preparation: "clean",
    review: true,
    licenseAcknowledged: true,
  };
}

async function sharedWith(person: string): Promise<string[]> {
  const { body } = await stage.call(person, "GET", "/v1/images?scope=shared-with-me");
  return body.images.map((image: { id: string }) => image.id);
}

interface Level {
  level: string;
}
interface Entry {
  step: string;
  what: string;
}
