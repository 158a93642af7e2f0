// createImage: what it answers, what stands on the image, and how it ends. On the main server while it is SHUTOFF.
import { type Fact, fact } from "../fact.ts";
import { act, goneOrNot, imageIn, mainServer, refusalOf, removeImageAtTheEnd, serverIn } from "../props.ts";
import type { Stage } from "../stage.ts";

/** The snapshot of the locked server, and what was seen on the way. */
async function takeSnapshot(stage: Stage) {
  const id = await mainServer(stage);
  const { compute, image } = stage.owner.cloud;
  await compute.lockServer(id, "being imaged");
  const begun = await compute.createImage(id, {
    name: stage.nameOf("snapshot"),
    metadata: { darkroom_mark: stage.mark },
  });
  removeImageAtTheEnd(stage, begun.imageId);
  const [second, early, busy] = await Promise.all([
    refusalOf(compute.createImage(id, { name: stage.nameOf("second"), metadata: {} })),
    image.getImage(begun.imageId),
    compute.getServer(id),
  ]);
  return { ...begun, second, early, busy };
}

export const snapshotFacts: Fact[] = [
  fact("createImage works on a locked server: 202", async (stage) => {
    const { imageId, requestId } = await stage.shared(takeSnapshot);
    expect(imageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(requestId).toMatch(/^req-/);
    return null;
  }),
  fact("A second createImage at once is 409 with the task state of a snapshot", async (stage) => {
    const { second } = await stage.shared(takeSnapshot);
    expect(second).toMatchObject({ kind: "conflict", reason: { taskState: expect.stringMatching(/^image_/) } });
    return { kind: second.kind, status: second.status };
  }),
  fact("A snapshot that is under way has no size and is private; its server is busy with it", async (stage) => {
    const { early, busy } = await stage.shared(takeSnapshot);
    expect(busy.taskState).toMatch(/^image_/);
    expect(["queued", "saving"]).toContain(early.status);
    return { size: early.sizeBytes, visibility: early.visibility };
  }),
  fact("A snapshot ends active, with a size and a hash; its server is idle again", async (stage) => {
    const { imageId } = await stage.shared(takeSnapshot);
    const image = await imageIn(stage, imageId, "active");
    const { status } = await serverIn(stage, await mainServer(stage), "SHUTOFF");
    expect(image.sizeBytes).toBeGreaterThan(0);
    expect(image.hashValue).toMatch(/^[0-9a-f]{128}$/);
    const { diskFormat, containerFormat, hashAlgo, visibility, tags } = image;
    return {
      status,
      diskFormat,
      containerFormat,
      hashAlgo,
      visibility,
      tags,
      hidden: image.hidden,
      protected: image.protected,
    };
  }),
  fact("A snapshot's min_disk and virtual size are the flavor's disk, not what the image needs", async (stage) => {
    const { imageId } = await stage.shared(takeSnapshot);
    const { minDiskGib, minRamMib, virtualSizeBytes } = await imageIn(stage, imageId, "active");
    expect(minDiskGib).toBe(1);
    return { minDiskGib, minRamMib, virtualSizeBytes };
  }),
  fact(
    "What Nova puts on a snapshot: its own properties, the lock's reason, libvirt's defaults, who booted the server",
    async (stage) => {
      const { imageId } = await stage.shared(takeSnapshot);
      const { properties } = await imageIn(stage, imageId, "active");
      const { user, project } = await stage.owner.cloud.token();
      expect(properties).toMatchObject({
        instance_uuid: await mainServer(stage),
        user_id: user.id,
        owner_id: project?.id,
        owner_user_name: user.name,
        owner_project_name: project?.name,
        image_type: "snapshot",
        image_location: "snapshot",
        image_state: "available",
        locked_reason: "being imaged",
      });
      const defaults = Object.entries(properties).filter(([name]) => name.startsWith("hw_"));
      return { names: Object.keys(properties).sort(), defaults: Object.fromEntries(defaults.sort()) };
    },
  ),
  fact("A property of ours on the image that a server was booted from is handed on to its snapshot", async (stage) => {
    const { imageId } = await stage.shared(takeSnapshot);
    const { properties } = await imageIn(stage, imageId, "active");
    expect(properties).toMatchObject({ darkroom_request: stage.mark, hw_rng_model: "virtio" });
    return null;
  }),
  fact("The call's metadata stands on the snapshot", async (stage) => {
    const { imageId } = await stage.shared(takeSnapshot);
    expect((await imageIn(stage, imageId, "active")).properties.darkroom_mark).toBe(stage.mark);
    return null;
  }),
  fact("The instance action of a createImage is found by the request's id, with the event's result", async (stage) => {
    const { requestId = "" } = await stage.shared(takeSnapshot);
    const id = await mainServer(stage);
    const { compute } = stage.owner.cloud;
    const action = await compute.getInstanceAction(id, requestId);
    const listed = await compute.listInstanceActions(id);
    expect(listed.find((one) => one.requestId === requestId)?.action).toBe("createImage");
    const { name, events } = { name: action.action, events: action.events };
    return {
      name,
      message: action.message,
      events: events.map(({ event, result, details }) => ({ event, result, details })),
      oldest: listed.at(-1)?.action,
      unknown: await refusalOf(compute.getInstanceAction(id, "req-11111111-1111-4111-8111-111111111111")),
    };
  }),
  fact(
    "The owner removes every property that Nova put on a snapshot, and names, tags and sizes it in the same patch",
    async (stage) => {
      const { imageId } = await stage.shared(takeSnapshot);
      const { properties } = await imageIn(stage, imageId, "active");
      const patched = await stage.owner.cloud.image.patchImage(imageId, [
        ...Object.keys(properties).map((name) => ({ op: "remove" as const, path: `/${name}` })),
        { op: "replace", path: "/name", value: stage.nameOf("renamed") },
        { op: "replace", path: "/tags", value: ["one"] },
        { op: "replace", path: "/min_disk", value: 0 },
        { op: "replace", path: "/min_ram", value: 64 },
        { op: "replace", path: "/os_hidden", value: true },
        { op: "replace", path: "/protected", value: true },
      ]);
      const guarded = await refusalOf(stage.owner.cloud.image.deleteImage(imageId));
      await stage.owner.cloud.image.patchImage(imageId, [
        { op: "replace", path: "/protected", value: false },
        { op: "replace", path: "/os_hidden", value: false },
      ]);
      expect(guarded).toMatchObject({ kind: "forbidden" });
      const { minDiskGib, minRamMib, tags, hidden } = patched;
      return { guarded, properties: patched.properties, minDiskGib, minRamMib, tags, hidden };
    },
  ),
  fact(
    "Before 2.45 createImage tells an address in Location, without Glance's version, and no body; the image then may be deleted while it is taken: 204, 404 after, and the server is idle again",
    async (stage) => {
      const id = await mainServer(stage);
      const { owner } = stage;
      const { status, text, headers } = await act(
        owner,
        id,
        { createImage: { name: stage.nameOf("old-way") } },
        "2.44",
      );
      const location = headers.get("location") ?? "";
      const imageId = location.split("/").at(-1) ?? "";
      removeImageAtTheEnd(stage, imageId);
      expect(location).toMatch(/\/images\/[0-9a-f-]{36}$/);
      expect(location).not.toContain("/v2");
      const deleted = await owner.ask("image", "DELETE", `/images/${imageId}`);
      await stage.until("the image to be gone", () => goneOrNot(owner.cloud.image.getImage(imageId)));
      const server = await serverIn(stage, id, "SHUTOFF");
      expect(deleted.status).toBe(204);
      return { status, body: text, deleted: deleted.status, vmState: server.vmState };
    },
  ),
  fact("createImage with a name that is too long, or none, is 400", async (stage) => {
    const id = await mainServer(stage);
    const long = await refusalOf(stage.owner.cloud.compute.createImage(id, { name: "x".repeat(256), metadata: {} }));
    const none = await act(stage.owner, id, { createImage: {} });
    expect([long.status, none.status]).toEqual([400, 400]);
    return { long, none: none.status };
  }),
  fact(
    "A snapshot taken on a trust belongs to the trustor's project; what the trustee locked the owner unlocks",
    async (stage) => {
      const id = await mainServer(stage);
      const { owner, service } = stage;
      const { user, project } = await owner.cloud.token();
      await owner.cloud.compute.unlockServer(id);
      const trust = await owner.cloud.identity.createTrust({
        trustorUserId: user.id,
        trusteeUserId: (await service.cloud.token()).user.id,
        projectId: project?.id ?? "",
        roles: [{ name: "member" }],
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      stage.undo("the trust", () => owner.cloud.identity.deleteTrust(trust.id));
      const acting = service.cloud.asTrust(trust.id).within(new AbortController().signal);
      await acting.compute.lockServer(id, "by the trustee");
      const { imageId } = await acting.compute.createImage(id, { name: stage.nameOf("by-trust"), metadata: {} });
      removeImageAtTheEnd(stage, imageId);
      const image = await imageIn(stage, imageId, "active");
      await owner.cloud.compute.unlockServer(id);
      await owner.cloud.image.deleteImage(imageId);
      const { status } = await serverIn(stage, id, "SHUTOFF");
      expect(image.owner).toBe(project?.id);
      return { status, byTrustor: image.properties.user_id === user.id };
    },
  ),
];
