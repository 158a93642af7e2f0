// Glance: who sees an image, and what those may do whom it is shared with.

import type { Visibility } from "../../../lib/openstack/index.ts";
import { all } from "../../../lib/openstack/pages.ts";
import { fact, type Subject } from "../fact.ts";
import { emptyDisk, flavorNamed, goneOrNot, refusalOf, removeServerAtTheEnd } from "../props.ts";
import type { Stage } from "../stage.ts";

const shared = (stage: Stage) => stage.shared(makeShared);
const makeShared = (stage: Stage) => emptyDisk(stage, "shared", { visibility: "private" });
const projectOf = async ({ cloud }: Stage["owner"]) => (await cloud.token()).project?.id ?? "";

async function show(stage: Stage, visibility: Visibility) {
  const id = await shared(stage);
  return stage.owner.cloud.image.patchImage(id, [{ op: "replace", path: "/visibility", value: visibility }]);
}

const listed = async (stage: Stage, filter: object) =>
  (await all(stage.other.cloud.image.listImages({ ...filter }))).some(({ name }) => name === stage.nameOf("shared"));

export const members: Subject = {
  name: "members",
  facts: [
    fact("A private image is 404 to another project, as one that does not exist", async (stage) => {
      const refusal = await refusalOf(stage.other.cloud.image.getImage(await shared(stage)));
      const path = `/images/${await shared(stage)}`;
      const seen = [refusal, (await stage.other.ask("image", "DELETE", path)).status];
      expect(refusal).toMatchObject({ kind: "notFound" });
      return seen;
    }),
    fact("A private image takes no members: 403", async (stage) => {
      const { image } = stage.owner.cloud;
      const refusal = await refusalOf(image.addMember(await shared(stage), await projectOf(stage.other)));
      expect(refusal).toMatchObject({ kind: "forbidden" });
      return refusal;
    }),
    fact("A member may make an image private, shared, community, but not public: 403", async (stage) => {
      const seen = [];
      for (const visibility of ["shared", "community", "private"] as const) {
        seen.push((await show(stage, visibility)).visibility);
      }
      const refusal = await refusalOf(show(stage, "public"));
      expect(refusal).toMatchObject({ kind: "forbidden" });
      return { seen, refusal };
    }),
    fact("An administrator makes an image public, its owner takes it back", async (stage) => {
      const patch = [{ op: "replace" as const, path: "/visibility", value: "public" }];
      const { visibility } = await stage.admin.cloud.image.patchImage(await shared(stage), patch);
      const seen = await listed(stage, {});
      expect({ visibility, seen }).toEqual({ visibility: "public", seen: true });
      return { visibility, seen, after: (await show(stage, "private")).visibility };
    }),
    fact("A community image is for all to get by id, but in no list that does not ask for community", async (stage) => {
      await show(stage, "community");
      const { visibility } = await stage.other.cloud.image.getImage(await shared(stage));
      const seen = [await listed(stage, {}), await listed(stage, { visibility: "community" })];
      expect(seen).toEqual([false, true]);
      return { visibility, seen };
    }),
    fact("Who does not own an image may not patch or delete it: 403", async (stage) => {
      const id = await shared(stage);
      const { image } = stage.other.cloud;
      const patch = await refusalOf(image.patchImage(id, [{ op: "add", path: "/mine", value: "x" }]));
      const deletion = await refusalOf(image.deleteImage(id));
      expect([patch.kind, deletion.kind]).toEqual(["forbidden", "forbidden"]);
      return { patch, deletion };
    }),
    fact("A new member is pending; a second time is 409, a success to our client", async (stage) => {
      await show(stage, "shared");
      const id = await shared(stage);
      const member = await projectOf(stage.other);
      const { image } = stage.owner.cloud;
      const first = await image.addMember(id, member);
      const { status, json } = await stage.owner.ask("image", "POST", `/images/${id}/members`, { body: { member } });
      const second = await image.addMember(id, member);
      expect([first.status, status, second.status]).toEqual(["pending", 409, "pending"]);
      return [first.status, status, second.status, json.code];
    }),
    fact("Any text is taken for a project's id", async (stage) => {
      const id = await shared(stage);
      const { image } = stage.owner.cloud;
      const { status } = await image.addMember(id, "no project at all");
      expect((await image.listMembers(id)).map(({ projectId }) => projectId)).toContain("no project at all");
      await image.removeMember(id, "no project at all");
      await image.removeMember(id, "no project at all");
      expect(await image.listMembers(id)).toHaveLength(1);
      return status;
    }),
    fact(
      "A pending member gets the image by id, but has it in no list unless it asks for what is pending",
      async (stage) => {
        const { status } = await stage.other.cloud.image.getImage(await shared(stage));
        const seen = [
          await listed(stage, {}),
          await listed(stage, { visibility: "shared" }),
          await listed(stage, { visibility: "shared", memberStatus: "pending" }),
          await listed(stage, { visibility: "shared", memberStatus: "all" }),
        ];
        expect(seen).toEqual([false, false, true, true]);
        return { status, seen };
      },
    ),
    fact("A pending member boots a server from the image by its id", async (stage) => {
      const { compute } = stage.other.cloud;
      const wish = { name: stage.nameOf("by-member"), networks: "none" as const };
      const flavorId = await flavorNamed(stage, "m1.nano");
      const { id } = await compute.createServer({ ...wish, imageId: await shared(stage), flavorId });
      removeServerAtTheEnd(stage, id, stage.other);
      const status = await stage.until("the member's server to be there", async () => {
        const server = await compute.getServer(id);
        return server.status === "BUILD" ? undefined : server.status;
      });
      await compute.deleteServer(id);
      await stage.until("the member's server to go", () => goneOrNot(compute.getServer(id)));
      expect(status).toBe("ACTIVE");
      return status;
    }),
    fact("The owner may not accept for the member: 403", async (stage) => {
      const member = await projectOf(stage.other);
      const refusal = await refusalOf(stage.owner.cloud.image.setMemberStatus(await shared(stage), member, "accepted"));
      expect(refusal).toMatchObject({ kind: "forbidden" });
      return refusal;
    }),
    fact("A member sees itself among the members, and only itself; it may add nobody: 403", async (stage) => {
      const id = await shared(stage);
      await stage.owner.cloud.image.addMember(id, "somebody else");
      const { image } = stage.other.cloud;
      const seen = (await image.listMembers(id)).length;
      const refusal = await refusalOf(image.addMember(id, "a third one"));
      await stage.owner.cloud.image.removeMember(id, "somebody else");
      expect(seen).toBe(1);
      expect(refusal).toMatchObject({ kind: "forbidden" });
      return { seen, refusal };
    }),
    fact("A member accepts for itself, and then has the image in its list", async (stage) => {
      const member = await projectOf(stage.other);
      const { status } = await stage.other.cloud.image.setMemberStatus(await shared(stage), member, "accepted");
      const seen = [await listed(stage, {}), await listed(stage, { visibility: "shared", memberStatus: "pending" })];
      expect(seen).toEqual([true, false]);
      return { status, seen };
    }),
    fact("A member may not patch or delete what it accepted: 403", async (stage) => {
      const id = await shared(stage);
      const { image } = stage.other.cloud;
      const patch = await refusalOf(image.patchImage(id, [{ op: "add", path: "/mine", value: "x" }]));
      const deletion = await refusalOf(image.deleteImage(id));
      expect([patch.kind, deletion.kind]).toEqual(["forbidden", "forbidden"]);
      return { patch, deletion };
    }),
    fact("An administrator answers for a member", async (stage) => {
      const member = await projectOf(stage.other);
      const { status } = await stage.admin.cloud.image.setMemberStatus(await shared(stage), member, "rejected");
      expect(await listed(stage, {})).toBe(false);
      return status;
    }),
    fact(
      "Members of an image made private meanwhile are kept: they see nothing of it, and again once it is shared",
      async (stage) => {
        const id = await shared(stage);
        const member = await projectOf(stage.other);
        await show(stage, "private");
        const hidden = await refusalOf(stage.other.cloud.image.getImage(id));
        const refused = await refusalOf(stage.owner.cloud.image.listMembers(id));
        await show(stage, "shared");
        const { visibility } = await stage.other.cloud.image.getImage(id);
        const kept = (await stage.owner.cloud.image.listMembers(id)).map(({ projectId }) => projectId);
        expect(hidden).toMatchObject({ kind: "notFound" });
        expect({ visibility, kept: kept.includes(member) }).toEqual({ visibility: "shared", kept: true });
        return { hidden, refused, visibility };
      },
    ),
    fact("A status that is none is 400", async (stage) => {
      const path = `/images/${await shared(stage)}/members/${await projectOf(stage.other)}`;
      const { status } = await stage.other.ask("image", "PUT", path, { body: { status: "perhaps" } });
      expect(status).toBe(400);
      return status;
    }),
    fact("Whose membership is taken away sees the image no more: 404", async (stage) => {
      const id = await shared(stage);
      await stage.owner.cloud.image.removeMember(id, await projectOf(stage.other));
      const refusal = await refusalOf(stage.other.cloud.image.getImage(id));
      expect(refusal).toMatchObject({ kind: "notFound" });
      return refusal;
    }),
  ],
};
