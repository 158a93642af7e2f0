// Servers that were booted from a volume: their images are empty and name Cinder snapshots.
import { all } from "../../../lib/openstack/pages.ts";
import { fact, type Subject } from "../fact.ts";
import { nova } from "../plain-ask.ts";
import {
  act,
  emptyDisk,
  flavorNamed,
  imageIn,
  refusalOf,
  removeImageAtTheEnd,
  removeServerAtTheEnd,
  serverIn,
} from "../props.ts";
import type { Person, Stage } from "../stage.ts";

/** Deletes it and waits until it is gone. */
function removeAtTheEnd(stage: Stage, path: string): void {
  stage.undo(path, async () => {
    await stage.owner.ask("volumev3", "DELETE", path);
    await stage.until(`${path} to go`, async () => {
      const { status } = await stage.owner.ask("volumev3", "GET", path);
      return status === 404 ? true : undefined;
    });
  });
}

/** Waits for it, and returns it as it is then. */
async function available(stage: Stage, path: string, kind: "volume" | "snapshot") {
  return stage.until(`${path} to be available`, async () => {
    const { json } = await stage.owner.ask("volumev3", "GET", path);
    const status = json[kind]?.status;
    if (status?.startsWith("error")) throw new Error(`${path} is in ${status}`);
    return status === "available" ? json[kind] : undefined;
  });
}

async function volumeBacked(stage: Stage) {
  const { owner } = stage;
  const imageRef = await emptyDisk(stage, "of-volume", { darkroom_request: stage.mark, hw_disk_bus: "scsi" });
  const body = { volume: { name: stage.nameOf("root"), size: 1, imageRef } };
  const made = await owner.ask("volumev3", "POST", "/volumes", { body });
  if (made.status !== 202) throw new Error(`no volume: ${made.status} ${made.text}`);
  const path = `/volumes/${made.json.volume.id}`;
  removeAtTheEnd(stage, path);
  const volume = await available(stage, path, "volume");
  const mapping = { uuid: volume.id, source_type: "volume", destination_type: "volume", boot_index: 0 };
  const server = {
    name: stage.nameOf("volume-backed"),
    flavorRef: await flavorNamed(stage, "m1.nano"),
    networks: "none",
    block_device_mapping_v2: [mapping],
  };
  const booted = await owner.ask("compute", "POST", "/servers", { body: { server }, headers: nova("2.73") });
  if (booted.status !== 202) throw new Error(`not booted: ${booted.status} ${booted.text}`);
  removeServerAtTheEnd(stage, booted.json.server.id);
  await serverIn(stage, booted.json.server.id, "ACTIVE");
  return { id: booted.json.server.id as string, volume, imageRef };
}

/** Its image, and the Cinder snapshot that this one names. */
async function imaged(stage: Stage) {
  const { id } = await stage.shared(volumeBacked);
  const { compute, image } = stage.owner.cloud;
  const { imageId } = await compute.createImage(id, {
    name: stage.nameOf("empty"),
    metadata: { darkroom_mark: stage.mark },
  });
  const atOnce = await image.getImage(imageId);
  const [mapping] = JSON.parse(atOnce.properties.block_device_mapping ?? "[]");
  const path = `/snapshots/${mapping.snapshot_id}`;
  removeAtTheEnd(stage, path);
  removeImageAtTheEnd(stage, imageId);
  await available(stage, path, "snapshot");
  return { imageId, atOnce, mapping, path };
}

export const volumes: Subject = {
  name: "volumes",
  facts: [
    fact("A volume made of an image names it in volume_image_metadata, and nowhere else", async (stage) => {
      const { volume, imageRef } = await stage.shared(volumeBacked);
      expect(volume.volume_image_metadata.image_id).toBe(imageRef);
      return { bootable: volume.bootable, fields: Object.keys(volume.volume_image_metadata).sort() };
    }),
    fact(
      "Volumes are listed with the image of each; a member who asks for all projects' gets its own, and no word of it",
      async (stage) => {
        const { volume, imageRef } = await stage.shared(volumeBacked);
        const listed = async ({ cloud }: Person, allProjects: boolean) => {
          const found = await all(cloud.volume.listVolumes({ allProjects }));
          return found.find(({ id }) => id === volume.id);
        };
        const seen = await listed(stage.owner, false);
        expect(seen).toMatchObject({ imageId: imageRef, bootable: true });
        expect(await listed(stage.owner, true)).toEqual(seen);
        expect(await listed(stage.admin, true)).toEqual(seen);
        expect([await listed(stage.other, true), await listed(stage.admin, false)]).toEqual([undefined, undefined]);
        return { status: seen?.status, ownProject: seen?.projectId === (await stage.owner.cloud.token()).project?.id };
      },
    ),
    fact('A server that was booted from a volume has the image "", and the volume attached', async (stage) => {
      const { id, volume } = await stage.shared(volumeBacked);
      const { json } = await stage.owner.ask("compute", "GET", `/servers/${id}`);
      const server = await stage.owner.cloud.compute.getServer(id);
      expect(server).toMatchObject({ imageId: null, volumesAttached: [volume.id] });
      expect(json.server.image).toBe("");
      return { image: json.server.image, disk: server.flavor.diskGib };
    }),
    fact("createBackup of a volume-backed server is 400", async (stage) => {
      const { id } = await stage.shared(volumeBacked);
      const createBackup = { name: stage.nameOf("backup"), backup_type: "daily", rotation: 1 };
      const { status } = await act(stage.owner, id, { createBackup });
      expect(status).toBe(400);
      return status;
    }),
    fact(
      "The image of a volume-backed server is active at once, of size 0, with bdm_v2 and a snapshot's id",
      async (stage) => {
        const { atOnce, mapping } = await stage.shared(imaged);
        expect(atOnce).toMatchObject({ status: "active", sizeBytes: 0, virtualSizeBytes: null });
        expect(atOnce.properties).toMatchObject({
          bdm_v2: "True",
          darkroom_mark: stage.mark,
          darkroom_request: stage.mark,
          hw_disk_bus: "scsi",
        });
        const { source_type, destination_type, boot_index, volume_size } = mapping;
        const { minDiskGib, diskFormat, visibility } = atOnce;
        return {
          mapping: { source_type, destination_type, boot_index, volume_size },
          names: Object.keys(atOnce.properties).sort(),
          image: { minDiskGib, diskFormat, visibility },
        };
      },
    ),
    fact("The image of a volume-backed server does not say which server it is of", async (stage) => {
      const { atOnce } = await stage.shared(imaged);
      expect(atOnce.properties).not.toHaveProperty("instance_uuid");
      return null;
    }),
    fact("The image of a volume-backed server has no bytes: 200 and nothing", async (stage) => {
      const { imageId } = await stage.shared(imaged);
      const { status, text } = await stage.owner.ask("image", "GET", `/images/${imageId}/file`);
      expect([status, text]).toEqual([200, ""]);
      return status;
    }),
    fact(
      "Another project cannot boot the image of a volume-backed server, a community one neither: 400",
      async (stage) => {
        const { imageId } = await stage.shared(imaged);
        const { image } = stage.owner.cloud;
        await image.patchImage(imageId, [{ op: "replace", path: "/visibility", value: "community" }]);
        const refusal = await refusalOf(
          stage.other.cloud.compute.createServer({
            name: stage.nameOf("never"),
            imageId,
            flavorId: await flavorNamed(stage, "m1.nano"),
            networks: "none",
          }),
        );
        expect(refusal).toMatchObject({ kind: "badRequest", status: 400 });
        return refusal;
      },
    ),
    fact(
      "The road to an image with bytes: the snapshot becomes a volume, the volume an image of its own",
      async (stage) => {
        const { mapping } = await stage.shared(imaged);
        const { owner } = stage;
        const body = { volume: { name: stage.nameOf("of-snapshot"), snapshot_id: mapping.snapshot_id, size: 1 } };
        const made = await owner.ask("volumev3", "POST", "/volumes", { body });
        const path = `/volumes/${made.json.volume.id}`;
        removeAtTheEnd(stage, path);
        await available(stage, path, "volume");
        const upload = { image_name: stage.nameOf("uploaded"), disk_format: "raw", container_format: "bare" };
        const answer = await owner.ask("volumev3", "POST", `${path}/action`, {
          body: { "os-volume_upload_image": upload },
        });
        const uploaded = answer.json["os-volume_upload_image"];
        removeImageAtTheEnd(stage, uploaded.image_id);
        const image = await imageIn(stage, uploaded.image_id, "active");
        await available(stage, path, "volume");
        expect(image.sizeBytes).toBe(2 ** 30);
        expect(image.properties.darkroom_request).toBe(stage.mark);
        const { diskFormat, minDiskGib, virtualSizeBytes, visibility } = image;
        return {
          made: made.status,
          status: answer.status,
          names: Object.keys(image.properties).sort(),
          said: uploaded.status,
          diskFormat,
          minDiskGib,
          virtualSizeBytes,
          visibility,
        };
      },
    ),
    fact("A volume in use is not uploaded: 400", async (stage) => {
      const { volume } = await stage.shared(volumeBacked);
      const upload = { image_name: stage.nameOf("never"), disk_format: "raw", container_format: "bare", force: true };
      const body = { "os-volume_upload_image": upload };
      const { status } = await stage.owner.ask("volumev3", "POST", `/volumes/${volume.id}/action`, { body });
      expect(status).toBe(400);
      return status;
    }),
    fact("Deleting that image leaves its Cinder snapshot behind", async (stage) => {
      const { imageId, path } = await stage.shared(imaged);
      await stage.owner.cloud.image.deleteImage(imageId);
      const { status, json } = await stage.owner.ask("volumev3", "GET", path);
      expect([status, json.snapshot.status]).toEqual([200, "available"]);
      return [status, json.snapshot.status];
    }),
    fact("A volume in use is not deleted, nor one that has snapshots: 400", async (stage) => {
      const { volume } = await stage.shared(volumeBacked);
      const { status } = await stage.owner.ask("volumev3", "DELETE", `/volumes/${volume.id}`);
      expect(status).toBe(400);
      return status;
    }),
  ],
};
