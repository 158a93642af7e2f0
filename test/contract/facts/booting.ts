// Nova: what is refused at once when a server is booted from an image, and what shows only later.
import { fact, type Subject } from "../fact.ts";
import { emptyDisk, flavorNamed, mib, newImage, refusalOf, removeServerAtTheEnd, upload } from "../props.ts";
import type { Stage } from "../stage.ts";

const disk = (stage: Stage) => stage.shared(makeDisk);
const makeDisk = (stage: Stage) => emptyDisk(stage, "to-boot");

async function boot(stage: Stage, imageId: string) {
  const { id } = await stage.owner.cloud.compute.createServer({
    name: stage.nameOf("refused"),
    imageId,
    flavorId: await flavorNamed(stage, "m1.nano"),
    networks: "none",
  });
  removeServerAtTheEnd(stage, id);
  return id;
}

/** A qcow2 of 2 GiB with nothing in it: header, refcounts of its four clusters, an empty table (docs/interop/qcow2.txt of QEMU). */
function emptyQcow2(): Uint8Array {
  const cluster = 65_536;
  const bytes = Buffer.alloc(4 * cluster);
  bytes.writeUInt32BE(0x514649fb, 0);
  bytes.writeUInt32BE(2, 4);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(2n * 1024n * BigInt(mib), 24);
  bytes.writeUInt32BE(4, 36);
  bytes.writeBigUInt64BE(BigInt(3 * cluster), 40);
  bytes.writeBigUInt64BE(BigInt(cluster), 48);
  bytes.writeUInt32BE(1, 56);
  bytes.writeBigUInt64BE(BigInt(2 * cluster), cluster);
  for (let index = 0; index < 4; index++) bytes.writeUInt16BE(1, 2 * cluster + 2 * index);
  return bytes;
}

export const booting: Subject = {
  name: "booting",
  facts: [
    fact(
      "A flavor's disk below the image's virtual size: 202, then ERROR with its fault; min_disk does not help",
      async (stage) => {
        const imageId = await newImage(stage, "large", { disk_format: "qcow2" });
        const { status } = await upload(stage.owner, imageId, emptyQcow2());
        expect(status).toBe(204);
        const image = await stage.owner.cloud.image.getImage(imageId);
        const id = await boot(stage, imageId);
        const server = await stage.until("the server to fail", async () => {
          const now = await stage.owner.cloud.compute.getServer(id);
          return now.status === "BUILD" ? undefined : now;
        });
        expect(server.status).toBe("ERROR");
        expect(server.fault?.message).toContain("Flavor's disk is too small for requested image.");
        const { vmState, taskState, powerState, fault } = server;
        return {
          virtual: image.virtualSizeBytes,
          minDisk: image.minDiskGib,
          vmState,
          taskState,
          powerState,
          code: fault?.code,
        };
      },
    ),
    fact("An image's min_ram above the flavor's memory is 400 at once", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await disk(stage);
      await image.patchImage(id, [{ op: "replace", path: "/min_ram", value: 256 }]);
      const refusal = await refusalOf(boot(stage, id));
      await image.patchImage(id, [{ op: "replace", path: "/min_ram", value: 0 }]);
      expect(refusal).toMatchObject({ kind: "badRequest", status: 400 });
      return refusal;
    }),
    fact("An image's min_disk above the flavor's disk is 400 at once", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await disk(stage);
      await image.patchImage(id, [{ op: "replace", path: "/min_disk", value: 2 }]);
      const refusal = await refusalOf(boot(stage, id));
      await image.patchImage(id, [{ op: "replace", path: "/min_disk", value: 0 }]);
      expect(refusal).toMatchObject({ kind: "badRequest", status: 400 });
      return refusal;
    }),
    fact("A value of a hw_ property that Nova does not know is 400 when a server is booted", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await disk(stage);
      await image.patchImage(id, [{ op: "add", path: "/hw_disk_bus", value: "nonsense" }]);
      const refusal = await refusalOf(boot(stage, id));
      await image.patchImage(id, [{ op: "remove", path: "/hw_disk_bus" }]);
      expect(refusal).toMatchObject({ kind: "badRequest", status: 400 });
      return refusal;
    }),
    fact("An image that is queued, or that there is none of, boots nothing: 400", async (stage) => {
      const queued = await refusalOf(boot(stage, await newImage(stage, "without-bytes")));
      const none = await refusalOf(boot(stage, "11111111-1111-4111-8111-111111111111"));
      expect([queued.status, none.status]).toEqual([400, 400]);
      return { queued, none };
    }),
    fact("A flavor that there is none of boots nothing: 400", async (stage) => {
      const { compute } = stage.owner.cloud;
      const wish = { name: stage.nameOf("never"), networks: "none" as const, flavorId: "none-such" };
      const refusal = await refusalOf(compute.createServer({ ...wish, imageId: await disk(stage) }));
      expect(refusal).toMatchObject({ status: 400 });
      return refusal;
    }),
    fact("User data of more than 65,535 characters of base64 is 400", async (stage) => {
      const { compute } = stage.owner.cloud;
      const wish = { name: stage.nameOf("never"), networks: "none" as const, userData: "x".repeat(49_152) };
      const flavorId = await flavorNamed(stage, "m1.nano");
      const refusal = await refusalOf(compute.createServer({ ...wish, flavorId, imageId: await disk(stage) }));
      expect(refusal).toMatchObject({ status: 400 });
      return refusal;
    }),
  ],
};
