// Glance: images, who may see them, and the room that is left.
import * as z from "zod";
import { type Allowance, allowance, amount } from "./allowance.ts";
import type { Ask, Calls } from "./calls.ts";
import { OpenStackFault } from "./faults.ts";
import { type ImageFilter, type ImagePage, imagePage, listImages } from "./image-list.ts";
import { type ImageMembers, imageMembersOf } from "./image-members.ts";
import { type Image, imageRecord } from "./image-record.ts";
import { segment } from "./segment.ts";

/** The service; `Image` is one image. */
export interface ImageService extends ImageMembers {
  /** `notFound` when it is gone or not for us to see; also when Nova deleted it because its snapshot failed. */
  getImage(id: string): Promise<Image>;
  /** In pages, as they are needed; compared again here. */
  listImages(filter?: ImageFilter): AsyncIterable<Image>;
  /** One page of such a list. `badRequest` for a marker that names no image (any more). */
  imagePage(filter: ImageFilter, marker?: string): Promise<ImagePage>;
  /**
   * All operations or none. `forbidden` for read-only attributes, protected properties, and `public` where it is not granted; `conflict` for `replace` or
   * `remove` of a property that is not there (measured on Zed; `add` sets it either way).
   */
  patchImage(id: string, operations: PatchOperation[]): Promise<Image>;
  /** Success also when there is no such image (any more). `conflict` `{ inUse }` where the store holds clones of it; `forbidden` where it is protected. */
  deleteImage(id: string): Promise<void>;
  /**
   * From then on Nova boots no server of it and Cinder makes no volume of it; its bytes are for administrators only. Success also where it is so already;
   * `forbidden` in any other status than active, and where the cloud's policy lets only administrators (glance/api/v2/image_actions.py).
   */
  deactivateImage(id: string): Promise<void>;
  /** The way back: the same in the other direction. */
  reactivateImage(id: string): Promise<void>;
  /** All "unknown" on clouds without unified limits: they answer `{}` (measured on Zed). */
  getUsage(): Promise<ImageUsage>;
}

/** RFC 6902; `path` by `propertyPath`. */
export type PatchOperation = { op: "add" | "replace"; path: string; value: unknown } | { op: "remove"; path: string };

export interface ImageUsage {
  sizeMib: Allowance;
  stagingMib: Allowance;
  count: Allowance;
  uploading: Allowance;
}

/** The JSON pointer of one attribute or property: `/` and `~` in names are escaped (RFC 6901). */
export function propertyPath(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export function imageServiceOf(calls: Calls): ImageService {
  const pathOf = (id: string) => `/images/${segment("image", id)}`;
  const useOf = (id: string, action: "deactivate" | "reactivate"): Ask => ({
    ...{ service: "image", method: "POST", path: `${pathOf(id)}/actions/${action}`, repeatable: true },
  });
  return {
    ...imageMembersOf(calls),
    async getImage(id) {
      return (await calls.read({ service: "image", method: "GET", path: pathOf(id) }, imageRecord)).body;
    },
    listImages: (filter) => listImages(calls, filter),
    imagePage: (filter, marker) => imagePage(calls, filter, marker),
    async patchImage(id, operations) {
      // Any other type is 415 (glance/api/v2/images.py, RequestDeserializer.update).
      const contentType = "application/openstack-images-v2.1-json-patch";
      const ask: Ask = { service: "image", method: "PATCH", path: pathOf(id), body: operations, contentType };
      return (await calls.read(ask, imageRecord)).body;
    },
    async deleteImage(id) {
      await calls.send({ service: "image", method: "DELETE", path: pathOf(id) }).catch(unlessGone);
    },
    async deactivateImage(id) {
      await calls.send(useOf(id, "deactivate"));
    },
    async reactivateImage(id) {
      await calls.send(useOf(id, "reactivate"));
    },
    async getUsage() {
      const ask: Ask = { service: "image", method: "GET", path: "/info/usage" };
      try {
        return usageOf((await calls.read(ask, usageAnswer)).body.usage);
      } catch (fault) {
        unlessGone(fault); // Glances older than Xena have no such page.
        return usageOf({});
      }
    },
  };
}

function unlessGone(fault: unknown): void {
  if (!(fault instanceof OpenStackFault) || fault.kind !== "notFound") throw fault;
}

const count = z.looseObject({ limit: amount, usage: amount }).optional();
const usageAnswer = z.looseObject({
  usage: z.looseObject({
    image_size_total: count,
    image_stage_total: count,
    image_count_total: count,
    image_count_uploading: count,
  }),
});

function usageOf(usage: z.output<typeof usageAnswer>["usage"]): ImageUsage {
  const of = (entry: z.output<typeof count>) => allowance(entry?.limit, entry?.usage);
  return {
    sizeMib: of(usage.image_size_total),
    stagingMib: of(usage.image_stage_total),
    count: of(usage.image_count_total),
    uploading: of(usage.image_count_uploading),
  };
}
