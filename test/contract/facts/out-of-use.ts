// Glance's deactivated images: what can begin from them, and how they go. The tidying of unused images rests on this.
import { all } from "../../../lib/openstack/pages.ts";
import { fact, type Subject } from "../fact.ts";
import {
  act,
  bootToActive,
  emptyDisk,
  flavorNamed,
  goneOrNot,
  newImage,
  refusalOf,
  removeServerAtTheEnd,
} from "../props.ts";
import type { Person, Stage } from "../stage.ts";

const image = (stage: Stage) => stage.shared(makeOutOfUse);

async function makeOutOfUse(stage: Stage): Promise<string> {
  const id = await emptyDisk(stage, "out-of-use");
  await stage.owner.cloud.image.deactivateImage(id);
  return id;
}

async function bootFrom(stage: Stage, imageId: string, { cloud }: Person) {
  const flavorId = await flavorNamed(stage, "m1.nano");
  const { id } = await cloud.compute.createServer({ name: stage.nameOf("no"), imageId, flavorId, networks: "none" });
  removeServerAtTheEnd(stage, id);
}

export const outOfUse: Subject = {
  name: "out of use",
  facts: [
    fact("Its owner, a plain member, puts an image out of use and back; asked again nothing changes", async (stage) => {
      const { cloud } = stage.owner;
      const id = await emptyDisk(stage, "out-and-back");
      const seen: string[] = [];
      const { deactivateImage, reactivateImage, getImage } = cloud.image;
      for (const change of [deactivateImage, deactivateImage, reactivateImage, reactivateImage]) {
        await change(id);
        seen.push((await getImage(id)).status);
      }
      expect(seen).toEqual(["deactivated", "deactivated", "active", "active"]);
      await stage.admin.cloud.image.deactivateImage(id);
      await reactivateImage(id);
      return seen;
    }),
    fact("An image without bytes is not put out of use: 403", async (stage) => {
      const id = await newImage(stage, "no-bytes-out");
      const refusal = await refusalOf(stage.owner.cloud.image.deactivateImage(id));
      expect(refusal).toMatchObject({ kind: "forbidden", status: 403 });
      return refusal;
    }),
    fact("Of an image that is out of use nobody boots a server, administrators neither: 400", async (stage) => {
      const id = await image(stage);
      const owner = await refusalOf(bootFrom(stage, id, stage.owner));
      const admin = await refusalOf(bootFrom(stage, id, stage.admin));
      expect([owner, admin]).toMatchObject([
        { kind: "badRequest", status: 400 },
        { kind: "badRequest", status: 400 },
      ]);
      return { owner, admin };
    }),
    fact("No server is rebuilt from an image that is out of use, its own neither: 400", async (stage) => {
      const base = await emptyDisk(stage, "to-rebuild");
      const server = await bootToActive(stage, "to-rebuild", { imageId: base });
      await stage.owner.cloud.image.deactivateImage(base);
      const own = await act(stage.owner, server, { rebuild: { imageRef: base } });
      const other = await act(stage.owner, server, { rebuild: { imageRef: await image(stage) } });
      expect([own.status, other.status]).toEqual([400, 400]);
      await stage.owner.cloud.image.reactivateImage(base);
      return [own.status, other.status];
    }),
    fact("Cinder makes no volume of an image that is out of use: 400", async (stage) => {
      const volume = { name: stage.nameOf("no"), size: 1, imageRef: await image(stage) };
      const { status, text } = await stage.owner.ask("volumev3", "POST", "/volumes", { body: { volume } });
      expect(text).toContain("is not active");
      return status;
    }),
    fact("The bytes of an image that is out of use are for administrators only: 403 to its owner", async (stage) => {
      const id = await image(stage);
      const owner = await stage.owner.ask("image", "GET", `/images/${id}/file`);
      const admin = await stage.admin.ask("image", "GET", `/images/${id}/file`);
      expect([owner.status, admin.status]).toEqual([403, 200]);
      return [owner.status, admin.status];
    }),
    fact("An image that is out of use is deleted as it is", async (stage) => {
      const id = await image(stage);
      const { cloud } = stage.owner;
      await cloud.image.patchImage(id, [{ op: "replace", path: "/os_hidden", value: true }]);
      await cloud.image.deleteImage(id);
      return stage.until("the image to go", () => goneOrNot(cloud.image.getImage(id)));
    }),
    fact(
      "Servers that can be restored are found among the changes by SOFT_DELETED, by members too; one that is deleted for good is none",
      async (stage) => {
        const { cloud } = stage.owner;
        const id = await bootToActive(stage, "deleted", { imageId: await emptyDisk(stage, "of-deleted") });
        await cloud.compute.deleteServer(id);
        await stage.until("the server to go", () => goneOrNot(cloud.compute.getServer(id)));
        const filter = { status: "SOFT_DELETED", changesSince: "1970-01-01T00:00:00Z" };
        const found = [
          ...(await all(cloud.compute.listServers(filter))),
          ...(await all(stage.admin.cloud.compute.listServers({ ...filter, allProjects: true }))),
        ];
        expect(found.map((server) => server.id)).not.toContain(id);
        const gone = await stage.owner.ask(
          "compute",
          "GET",
          "/servers/detail?changes-since=1970-01-01T00:00:00Z&status=DELETED",
        );
        return gone.status;
      },
    ),
  ],
};
