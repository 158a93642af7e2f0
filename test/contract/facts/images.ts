// Glance: an image's bytes, what may be patched on it, and lists.

import { propertyPath } from "../../../lib/openstack/index.ts";
import { all } from "../../../lib/openstack/pages.ts";
import { fact, type Subject } from "../fact.ts";
import { patchType } from "../plain-ask.ts";
import { emptyDisk, goneOrNot, newImage, refusalOf, upload } from "../props.ts";
import type { Stage } from "../stage.ts";

const own = (stage: Stage) => stage.shared(makeOwn);
const makeOwn = (stage: Stage) => emptyDisk(stage, "own", { kept: "as it was", os_distro: "none" });
const makeQueued = (stage: Stage) => newImage(stage, "queued");

async function makeThree(stage: Stage): Promise<string[]> {
  const ids: string[] = [];
  for (const visibility of ["private", "shared", "community"] as const)
    ids.push(await newImage(stage, `paged-${visibility}`, { visibility, tags: [stage.mark, "paged"] }));
  return ids;
}

const readOnly = {
  id: "11111111-1111-4111-8111-111111111111",
  status: "active",
  size: 1,
  virtual_size: 1,
  checksum: "0".repeat(32),
  os_hash_value: "0",
  created_at: "2020-01-01T00:00:00Z",
  os_glance_importing_to_stores: "x",
  owner: "0".repeat(32),
};

export const images: Subject = {
  name: "images",
  facts: [
    fact("A new image is queued, without a size; `shared` unless told otherwise", async (stage) => {
      const { status, sizeBytes, visibility, hashValue, tags } = await stage.owner.cloud.image.getImage(
        await stage.shared(makeQueued),
      );
      return { status, sizeBytes, visibility, hashValue, tags };
    }),
    fact("An image that was uploaded is active, with size, hash and virtual size", async (stage) => {
      const image = await stage.owner.cloud.image.getImage(await own(stage));
      const { status, sizeBytes, virtualSizeBytes, hashAlgo, hashValue, checksum } = image;
      return { status, sizeBytes, virtualSizeBytes, hashAlgo, hashValue, checksum, properties: image.properties };
    }),
    fact("An image's fields", async (stage) => {
      const { json } = await stage.owner.ask("image", "GET", `/images/${await own(stage)}`);
      // Beside these a cloud with several stores tells them.
      return Object.keys(json)
        .filter((name) => name !== "stores")
        .sort();
    }),
    fact("Bytes for an image that is active are refused: 409", async (stage) => {
      const { status } = await upload(stage.owner, await own(stage), new Uint8Array(8));
      expect(status).toBe(409);
      return status;
    }),
    fact("An image's bytes are downloaded whole: 200; where there are none yet: 204", async (stage) => {
      const whole = await stage.owner.ask("image", "GET", `/images/${await own(stage)}/file`);
      const none = await stage.owner.ask("image", "GET", `/images/${await stage.shared(makeQueued)}/file`);
      expect([whole.status, none.status]).toEqual([200, 204]);
      return { whole: whole.text.length, type: whole.headers.get("content-type") };
    }),
    fact(
      "Owner, status, sizes, hashes and times are not to be patched, nor what is Glance's own: 403",
      async (stage) => {
        const seen: Record<string, unknown> = {};
        for (const [name, value] of Object.entries(readOnly)) {
          const patch = [{ op: "replace" as const, path: `/${name}`, value }];
          seen[name] = (await refusalOf(stage.owner.cloud.image.patchImage(await own(stage), patch))).status;
        }
        expect(new Set(Object.values(seen))).toEqual(new Set([403]));
        return seen;
      },
    ),
    fact("The formats of an active image are not to be patched: 403", async (stage) => {
      const seen = [];
      for (const path of ["/disk_format", "/container_format"]) {
        const patch = [{ op: "replace" as const, path, value: path === "/disk_format" ? "qcow2" : "ovf" }];
        seen.push((await refusalOf(stage.owner.cloud.image.patchImage(await own(stage), patch))).status);
      }
      expect(seen).toEqual([403, 403]);
      return seen;
    }),
    fact("`replace` and `remove` of a property that is not there are 409, `add` sets it either way", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await own(stage);
      const seen = [
        await refusalOf(image.patchImage(id, [{ op: "replace", path: "/nowhere", value: "x" }])),
        await refusalOf(image.patchImage(id, [{ op: "remove", path: "/nowhere" }])),
      ];
      await image.patchImage(id, [{ op: "add", path: "/added", value: "once" }]);
      const { properties } = await image.patchImage(id, [{ op: "add", path: "/added", value: "twice" }]);
      expect(seen.map(({ kind }) => kind)).toEqual(["conflict", "conflict"]);
      expect(properties.added).toBe("twice");
      return seen;
    }),
    fact("One forbidden operation fails the whole patch", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await own(stage);
      const refusal = await refusalOf(
        image.patchImage(id, [
          { op: "replace", path: "/kept", value: "changed" },
          { op: "replace", path: "/status", value: "queued" },
        ]),
      );
      expect((await image.getImage(id)).properties.kept).toBe("as it was");
      return refusal;
    }),
    fact("A patch of any other content type is 415", async (stage) => {
      const { status } = await stage.owner.ask("image", "PATCH", `/images/${await own(stage)}`, { body: [] });
      expect(status).toBe(415);
      return status;
    }),
    fact("A property's name may hold `/` and `~`, escaped as in RFC 6901", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await own(stage);
      const patched = await image.patchImage(id, [{ op: "add", path: propertyPath("a/b~c"), value: "odd" }]);
      await image.patchImage(id, [{ op: "remove", path: propertyPath("a/b~c") }]);
      expect(patched.properties["a/b~c"]).toBe("odd");
      return null;
    }),
    fact("Glance does not check the values of hw_ properties: 200", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await own(stage);
      const { properties } = await image.patchImage(id, [{ op: "add", path: "/hw_disk_bus", value: "nonsense" }]);
      await image.patchImage(id, [{ op: "remove", path: "/hw_disk_bus" }]);
      return properties.hw_disk_bus;
    }),
    fact("Text beyond three bytes a sign is not kept: 400, in a property as in a name", async (stage) => {
      const id = await own(stage);
      const seen = [];
      for (const [path, value] of [
        ["/added", "a \u{1F680}"],
        ["/name", "a \u{1F680}"],
      ] as const) {
        const body = JSON.stringify([{ op: "add", path, value }]);
        seen.push((await stage.owner.ask("image", "PATCH", `/images/${id}`, { body, headers: patchType })).status);
      }
      expect(seen).toEqual([400, 400]);
      return seen;
    }),
    fact("A property of 65,535 bytes is kept, one of 65,536 is 500", async (stage) => {
      const id = await own(stage);
      const seen = [];
      for (const bytes of [65_535, 65_536]) {
        const body = JSON.stringify([{ op: "add", path: "/long", value: "x".repeat(bytes) }]);
        seen.push((await stage.owner.ask("image", "PATCH", `/images/${id}`, { body, headers: patchType })).status);
      }
      await stage.owner.cloud.image.patchImage(id, [{ op: "remove", path: "/long" }]);
      expect(seen).toEqual([200, 500]);
      return seen;
    }),
    fact("A name of 256 characters is 400", async (stage) => {
      const patch = [{ op: "replace" as const, path: "/name", value: "x".repeat(256) }];
      const refusal = await refusalOf(stage.owner.cloud.image.patchImage(await own(stage), patch));
      expect(refusal).toMatchObject({ kind: "badRequest" });
      return refusal;
    }),
    fact("An image is found by a property, by name and by tag, by members too", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await own(stage);
      await image.patchImage(id, [
        { op: "add", path: "/found_by", value: stage.mark },
        { op: "replace", path: "/tags", value: [stage.mark] },
      ]);
      const raw = await stage.owner.ask("image", "GET", `/images?found_by=${stage.mark}`);
      const seen = {
        property: raw.json.images.length,
        client: (await all(image.listImages({ properties: { found_by: stage.mark } }))).length,
        name: (await all(image.listImages({ name: stage.nameOf("own") }))).length,
        tag: (await all(image.listImages({ tags: [stage.mark], status: "active" }))).length,
        owner: (await all(image.listImages({ owner: "0".repeat(32) }))).length,
      };
      expect(seen).toEqual({ property: 1, client: 1, name: 1, tag: 1, owner: 0 });
      return seen;
    }),
    fact(
      "What stands before a colon in a name is an operator: 400 for an unknown one, unless quoted in a list",
      async (stage) => {
        const { image } = stage.owner.cloud;
        const id = await own(stage);
        const name = `${stage.mark}:12`;
        await image.patchImage(id, [{ op: "replace", path: "/name", value: name }]);
        const { status } = await stage.owner.ask("image", "GET", `/images?name=${encodeURIComponent(name)}`);
        const found = await all(image.listImages({ name }));
        expect(status).toBe(400);
        expect(found.map((one) => one.id)).toEqual([id]);
        return status;
      },
    ),
    fact("A hidden image is not in the list, and alone in the list of hidden ones", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await own(stage);
      await image.patchImage(id, [{ op: "replace", path: "/os_hidden", value: true }]);
      const here = async (hidden?: boolean) =>
        (await all(image.listImages({ tags: [stage.mark], hidden }))).some((one) => one.id === id);
      const seen = [await here(), await here(true)];
      await image.patchImage(id, [{ op: "replace", path: "/os_hidden", value: false }]);
      expect(seen).toEqual([false, true]);
      return seen;
    }),
    fact("A page of images has the path of the next one", async (stage) => {
      await own(stage);
      await stage.shared(makeQueued);
      const { json } = await stage.owner.ask("image", "GET", "/images?limit=1");
      expect(json.images).toHaveLength(1);
      expect(json.next).toMatch(/^\/v2\/images\?/);
      return { keys: Object.keys(json).sort(), next: [...new URL(json.next, "http://x").searchParams.keys()].sort() };
    }),
    fact("Pages by marker hold each image once, newest first; a repeated `tag` means all of them", async (stage) => {
      const { image } = stage.owner.cloud;
      const ids = await stage.shared(makeThree);
      const filter = { tags: [stage.mark, "paged"], visibility: "all" as const, pageSize: 2 };
      const first = await image.imagePage(filter);
      const second = await image.imagePage(filter, first.next);
      const found = [...first.images, ...second.images].map(({ id }) => id);
      const none = await image.imagePage({ ...filter, tags: ["paged", `not-${stage.mark}`] });
      expect([...found].sort()).toEqual([...ids].sort());
      const times = [...first.images, ...second.images].map(({ createdAt }) => createdAt);
      expect(times).toEqual([...times].sort().reverse());
      expect({ next: first.next, last: second.next, none }).toEqual({
        next: first.images[1]?.id,
        last: undefined,
        none: { images: [], next: undefined },
      });
      return found.length;
    }),
    fact("Asked so, images are listed the oldest first, in pages by marker too", async (stage) => {
      const tag = stage.nameOf("by-age");
      const ids: string[] = [];
      for (const each of ["first", "second", "third"]) {
        ids.push(await newImage(stage, each, { tags: [tag] }));
        // Times of Glance are whole seconds.
        const made = Date.now();
        await stage.until("another second", async () => (Date.now() - made > 1_100 ? true : undefined));
      }
      const filter = { tags: [tag], oldestFirst: true, pageSize: 2 };
      const { images, next } = await stage.owner.cloud.image.imagePage(filter);
      const rest = await stage.owner.cloud.image.imagePage(filter, next);
      expect([...images, ...rest.images].map(({ id }) => id)).toEqual(ids);
      return null;
    }),
    fact("A full page has a next one, though that may be empty", async (stage) => {
      await stage.shared(makeThree);
      const filter = { tags: [stage.mark, "paged"], visibility: "all" as const, pageSize: 3 };
      const first = await stage.owner.cloud.image.imagePage(filter);
      const second = await stage.owner.cloud.image.imagePage(filter, first.next);
      expect([first.images.length, second]).toEqual([3, { images: [], next: undefined }]);
      return [first.images.length, second];
    }),
    fact("A marker that is no image (any more) is 400", async (stage) => {
      const marker = "11111111-1111-4111-8111-111111111111";
      const refusal = await refusalOf(stage.owner.cloud.image.imagePage({ pageSize: 1 }, marker));
      expect(refusal).toMatchObject({ kind: "badRequest" });
      return refusal;
    }),
    fact("`visibility=all` with an owner lists its images of every visibility, one of others' none", async (stage) => {
      const ids = await stage.shared(makeThree);
      const owner = (await stage.owner.cloud.token()).project?.id ?? "";
      const seen = [];
      for (const { cloud } of [stage.owner, stage.other]) {
        const listed = await all(cloud.image.listImages({ owner, tags: ["paged", stage.mark], visibility: "all" }));
        seen.push(listed.map(({ visibility }) => visibility).sort());
      }
      expect(ids).toHaveLength(3);
      expect(seen).toEqual([["community", "private", "shared"], ["community"]]);
      return seen;
    }),
    fact("Without unified limits Glance tells nothing of its quota: {usage: {}}", async ({ owner }) => {
      const { status, json } = await owner.ask("image", "GET", "/info/usage");
      const usage = await owner.cloud.image.getUsage();
      expect(usage.count).toEqual({ limit: "unknown", used: "unknown" });
      return { status, json, usage };
    }),
    fact("A protected image is not deleted: 403", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await stage.shared(makeQueued);
      await image.patchImage(id, [{ op: "replace", path: "/protected", value: true }]);
      const refusal = await refusalOf(image.deleteImage(id));
      await image.patchImage(id, [{ op: "replace", path: "/protected", value: false }]);
      expect(refusal).toMatchObject({ kind: "forbidden" });
      return refusal;
    }),
    fact("A deleted image is 404, and deleting it again no failure to our client", async (stage) => {
      const { image } = stage.owner.cloud;
      const id = await stage.shared(makeQueued);
      const { status } = await stage.owner.ask("image", "DELETE", `/images/${id}`);
      await goneOrNot(image.getImage(id));
      await image.deleteImage(id);
      const again = await stage.owner.ask("image", "DELETE", `/images/${id}`);
      const patch = await refusalOf(image.patchImage(id, [{ op: "add", path: "/x", value: "y" }]));
      expect([status, again.status, patch.status]).toEqual([204, 404, 404]);
      return [status, again.status, patch];
    }),
    fact("Glance's errors: HTML inside the message, the code a text", async (stage) => {
      const id = "11111111-1111-4111-8111-111111111111";
      const { json } = await stage.owner.ask("image", "GET", `/images/${id}`);
      expect(json.message).toContain("<br />");
      expect(typeof json.code).toBe("string");
      const fault = await stage.owner.cloud.image.getImage(id).catch((error: Error) => error);
      expect(String((fault as Error).message)).not.toContain("<");
      return { code: json.code, keys: Object.keys(json).sort() };
    }),
    fact("Glance's errors are HTML to whoever does not ask for JSON", async (stage) => {
      const id = "11111111-1111-4111-8111-111111111111";
      const { status, text, headers } = await stage.owner.ask("image", "GET", `/images/${id}`, {
        headers: { accept: "*/*" },
      });
      expect(text).toContain("<html>");
      return { status, type: headers.get("content-type")?.split(";")[0] };
    }),
    fact("Glance's root answers 300 with its versions", async ({ owner }) => {
      const { status, json } = await owner.ask("image", "GET", "//");
      expect(status).toBe(300);
      return { status, fields: Object.keys(json.versions[0]).sort() };
    }),
  ],
};
