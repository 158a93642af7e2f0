// A flavor that servers can be made of, and what Nova's JSON makes of it.
import * as z from "zod";

export interface Flavor {
  id: string;
  name: string;
  diskGib: number;
  ramMib: number;
  vcpus: number;
  isPublic: boolean;
  disabled: boolean;
  /** Undefined where policy hides them, or the cloud is older than 2.61. */
  extraSpecs?: Record<string, string> | undefined;
}

export const flavorVersions = { wants: "2.73", needs: "2.1" };

export const flavorRecord = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    disk: z.number(),
    ram: z.number(),
    vcpus: z.number(),
    "os-flavor-access:is_public": z.boolean().default(true),
    "OS-FLV-DISABLED:disabled": z.boolean().default(false),
    extra_specs: z.record(z.string(), z.string()).optional(),
  })
  .transform(
    (json): Flavor => ({
      id: json.id,
      name: json.name,
      diskGib: json.disk,
      ramMib: json.ram,
      vcpus: json.vcpus,
      isPublic: json["os-flavor-access:is_public"],
      disabled: json["OS-FLV-DISABLED:disabled"],
      extraSpecs: json.extra_specs,
    }),
  );
