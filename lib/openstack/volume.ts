// Cinder: volumes, as far as they tell which images they were made of.
import * as z from "zod";
import type { Ask, Calls } from "./calls.ts";
import { itemsOf } from "./pages.ts";
import { timestamp } from "./timestamp.ts";

export interface VolumeService {
  /**
   * In pages, as they are needed. `allProjects` needs an administrator, and Cinder drops it **silently** for everybody else (cinder/volume/api.py, get_all): the list is then
   * the own project's, and says nothing of that.
   */
  listVolumes(filter?: { allProjects?: boolean; pageSize?: number }): AsyncIterable<Volume>;
}

export interface Volume {
  id: string;
  /** `available`, `in-use`, `creating`, `downloading`, … */
  status: string;
  /** Null where the cloud hides whose it is. */
  projectId: string | null;
  bootable: boolean;
  /** The image that its bytes came from; null for one of none, and while it is being made. */
  imageId: string | null;
  createdAt: string;
}

export function volumeServiceOf(calls: Calls): VolumeService {
  return {
    listVolumes({ allProjects = false, pageSize = 1000 } = {}) {
      const query = new URLSearchParams({ limit: String(pageSize), ...(allProjects && { all_tenants: "1" }) });
      const ask: Ask = { service: "volume", method: "GET", path: "/volumes/detail", query };
      return itemsOf(calls, ask, page, ({ volumes, volumes_links }) => ({
        items: volumes,
        next: volumes_links?.find(({ rel }) => rel === "next")?.href,
      }));
    },
  };
}

const record = z
  .looseObject({
    id: z.string(),
    status: z.string(),
    created_at: timestamp,
    // Cinder writes "true" and "false" (measured on Zed).
    bootable: z.union([z.string(), z.boolean()]).optional(),
    "os-vol-tenant-attr:tenant_id": z.string().nullish(),
    volume_image_metadata: z.looseObject({ image_id: z.string().optional() }).nullish(),
  })
  .transform(
    (json): Volume => ({
      id: json.id,
      status: json.status,
      projectId: json["os-vol-tenant-attr:tenant_id"] ?? null,
      bootable: String(json.bootable).toLowerCase() === "true",
      imageId: json.volume_image_metadata?.image_id ?? null,
      createdAt: json.created_at,
    }),
  );

const page = z.looseObject({
  volumes: z.array(record),
  volumes_links: z.array(z.looseObject({ rel: z.string(), href: z.string() })).optional(),
});
