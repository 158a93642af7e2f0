// A Glance image, and what Glance's JSON makes of it.
import * as z from "zod";
import { timestamp } from "./timestamp.ts";

export interface Image {
  id: string;
  name: string | null;
  status: ImageStatus;
  visibility: Visibility;
  /** A project's id. */
  owner: string | null;
  /** Null until the bytes are there. */
  sizeBytes: number | null;
  virtualSizeBytes: number | null;
  minDiskGib: number;
  minRamMib: number;
  diskFormat: string | null;
  containerFormat: string | null;
  checksum: string | null;
  hashAlgo: string | null;
  /** Null on some Ceph clouds although the image is active. */
  hashValue: string | null;
  tags: string[];
  protected: boolean;
  hidden: boolean;
  createdAt: string;
  updatedAt: string;
  /** Everything that is not a core attribute; Glance mixes them. What is null there is left out; what is no text is its JSON. */
  properties: Record<string, string>;
}

/** Open: a newer Glance may have more. */
export type ImageStatus =
  | "queued"
  | "saving"
  | "uploading"
  | "importing"
  | "active"
  | "deactivated"
  | "killed"
  | "deleted"
  | "pending_delete"
  | (string & {});

export type Visibility = "public" | "community" | "shared" | "private";

const text = z.string().nullish();

const core = {
  id: z.string(),
  name: text,
  status: z.string(),
  visibility: z.enum(["public", "community", "shared", "private"]),
  owner: text,
  size: z.number().nullish(),
  virtual_size: z.number().nullish(),
  min_disk: z.number().default(0),
  min_ram: z.number().default(0),
  disk_format: text,
  container_format: text,
  checksum: text,
  os_hash_algo: text,
  os_hash_value: text,
  tags: z.array(z.string()).default([]),
  protected: z.boolean().default(false),
  os_hidden: z.boolean().default(false),
  created_at: timestamp,
  updated_at: timestamp,
};

/** Links and places, neither attributes of ours nor anybody's properties (glance/api/v2/images.py, get_base_properties). */
const apparatus = ["file", "self", "schema", "locations", "direct_url", "stores", "deleted", "deleted_at"];

const notProperties = new Set([...Object.keys(core), ...apparatus]);

export const imageRecord = z.looseObject(core).transform(
  (json): Image => ({
    id: json.id,
    name: json.name ?? null,
    status: json.status,
    visibility: json.visibility,
    owner: json.owner ?? null,
    sizeBytes: json.size ?? null,
    virtualSizeBytes: json.virtual_size ?? null,
    minDiskGib: json.min_disk,
    minRamMib: json.min_ram,
    diskFormat: json.disk_format ?? null,
    containerFormat: json.container_format ?? null,
    checksum: json.checksum ?? null,
    hashAlgo: json.os_hash_algo ?? null,
    hashValue: json.os_hash_value ?? null,
    tags: json.tags,
    protected: json.protected,
    hidden: json.os_hidden,
    createdAt: json.created_at,
    updatedAt: json.updated_at,
    properties: propertiesOf(json),
  }),
);

function propertiesOf(json: Record<string, unknown>): Record<string, string> {
  const found = Object.entries(json).filter(([key, value]) => !notProperties.has(key) && value !== null);
  return Object.fromEntries(
    found.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
