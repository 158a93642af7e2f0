// Shelved servers: their only disk is an image that says so in nothing but `instance_uuid`.
import { all } from "../../../lib/openstack/pages.ts";
import { fact, type Subject } from "../fact.ts";
import { act, bootToActive, emptyDisk, goneOrNot, refusalOf, removeImageAtTheEnd, serverIn } from "../props.ts";
import type { Stage } from "../stage.ts";

async function shelved(stage: Stage) {
  const id = await bootToActive(stage, "shelved", { imageId: await emptyDisk(stage, "of-shelved") });
  const { status } = await act(stage.owner, id, { shelve: null });
  const server = await serverIn(stage, id, "SHELVED_OFFLOADED");
  const images = await all(stage.owner.cloud.image.listImages({ properties: { instance_uuid: id } }));
  for (const image of images) removeImageAtTheEnd(stage, image.id);
  return { id, status, server, images };
}

export const shelving: Subject = {
  name: "shelving",
  facts: [
    fact("A shelved server is SHELVED_OFFLOADED in the end, on no host", async (stage) => {
      const { status, server } = await stage.shared(shelved);
      const { vmState, powerState, taskState, imageId } = server;
      return { status, vmState, powerState, taskState, hasImage: imageId !== null };
    }),
    fact(
      "The only disk of a shelved server is an active image `NAME-shelved` with image_type snapshot, found by instance_uuid",
      async (stage) => {
        const { images } = await stage.shared(shelved);
        expect(images.map(({ name }) => name)).toEqual([`${stage.nameOf("shelved")}-shelved`]);
        const [image] = images;
        expect(image).toMatchObject({
          status: "active",
          visibility: "private",
          properties: { image_type: "snapshot" },
        });
        return { minDisk: image?.minDiskGib, names: Object.keys(image?.properties ?? {}).sort() };
      },
    ),
    fact("No field of a shelved server names its image", async (stage) => {
      const { id, images } = await stage.shared(shelved);
      const { text } = await stage.owner.ask("compute", "GET", `/servers/${id}`);
      expect(images).toHaveLength(1);
      expect(text).not.toContain(images[0]?.id);
      return null;
    }),
    fact(
      "A shelved server is not imaged, stopped or read: createImage 409 vm_state, console 409 or 404",
      async (stage) => {
        const { id } = await stage.shared(shelved);
        const { compute } = stage.owner.cloud;
        const seen = {
          createImage: await refusalOf(compute.createImage(id, { name: stage.nameOf("no"), metadata: {} })),
          stop: await refusalOf(compute.stopServer(id)),
          console: await refusalOf(compute.getConsole(id)),
        };
        expect(seen.createImage.reason).toEqual({ vmState: "shelved_offloaded" });
        expect(seen.stop).toMatchObject({ kind: "conflict", status: 409 });
        // 404 while the server's record still names its host, which Nova clears a moment after the status (measured on Zed).
        expect([409, 404]).toContain(seen.console.status);
        return { createImage: seen.createImage, stop: seen.stop.status };
      },
    ),
    fact("Deleting a shelved server deletes its image", async (stage) => {
      const { id, images } = await stage.shared(shelved);
      const { compute, image } = stage.owner.cloud;
      await compute.deleteServer(id);
      await stage.until("the shelved server to go", () => goneOrNot(compute.getServer(id)));
      return stage.until("its image to go", () => goneOrNot(image.getImage(images[0]?.id ?? "")));
    }),
  ],
};
