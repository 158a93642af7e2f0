// An image as callers see it, and a version of it: Glance's own fields, and what Darkroom wrote on it at its publication.
import * as z from "zod";

const at = z.string();

export const visibility = z.enum(["private", "shared", "community", "public"]);

/** Long lists stand only where one image is asked for. */
const provenance = z
  .strictObject({
    requestId: z.string(),
    publishedAt: at,
    /** The server that it was made from. */
    serverId: z.string().nullable(),
    /** What that server was booted from. */
    baseImage: z.strictObject({ id: z.string(), hash: z.string().nullable() }).nullable(),
    preparation: z.string().nullable(),
    consistency: z.string().nullable(),
    /** When this very image was booted and found sound; null: it was not. */
    provenAt: at.nullable(),
    license: z.string().nullable(),
    /** How many packages of the distribution were found in it. */
    packageCount: z.int(),
    /** What the requester said is in it. */
    installedSoftware: z.array(z.looseObject({ name: z.string(), path: z.string().optional() })).optional(),
    systemFiles: z
      .array(z.looseObject({ path: z.string(), change: z.string().optional(), reason: z.string().optional() }))
      .optional(),
    keptPaths: z.array(z.looseObject({ path: z.string(), reason: z.string().optional() })).optional(),
    packages: z.array(z.string()).optional(),
  })
  .meta({ id: "Provenance" });

export const imageRepresentation = z
  .strictObject({
    id: z.string(),
    provider: z.string(),
    name: z.string().nullable(),
    description: z.string(),
    tags: z.array(z.string()),
    /** Glance's: `queued`, `saving`, `active`, `deactivated`, … Only an active one can be booted. */
    status: z.string(),
    visibility,
    /** `published`: made by Darkroom. `unfinished`: of a request that is under way. `snapshot`: taken with Nova. `other`: brought by hand. */
    origin: z.enum(["published", "unfinished", "snapshot", "other"]),
    /** Not in lists of the cloud any more; before it is cleaned up an image is hidden for a while. */
    hidden: z.boolean(),
    /** Cannot be deleted. */
    protected: z.boolean(),
    /** Its owner's date, after which it is cleaned up. */
    expiresAt: at.nullable(),
    /** Null until its bytes are there. */
    sizeBytes: z.number().nullable(),
    virtualSizeBytes: z.number().nullable(),
    minDiskGib: z.number(),
    minRamMib: z.number(),
    diskFormat: z.string().nullable(),
    /** Null on some clouds although it is active. */
    hash: z.strictObject({ algorithm: z.string(), value: z.string() }).nullable(),
    version: z.strictObject({ name: z.string(), changeLog: z.string() }).nullable(),
    provenance: provenance.nullable(),
    /** The project whose image it is. */
    owner: z.string().nullable(),
    /** Of the project that the caller's token is for. */
    isMine: z.boolean(),
    createdAt: at,
    updatedAt: at,
    links: z.strictObject({
      self: z.string(),
      /** Of the line that it is a version of. */
      versions: z.string().optional(),
      /** What was asked for; for the project that asked. */
      request: z.string().optional(),
    }),
  })
  .meta({ id: "Image" });

export type ImageRepresentation = z.output<typeof imageRepresentation>;

const id = "0b0e6a5e-1111-4111-8111-111111111111";
const requestId = "5e6f3a52-7d1c-5a0e-9c1b-0d8f5b6a7c21";
const owner = "6f70656e737461636b20342065766572";

export const imageExample = {
  id,
  provider: "jetstream",
  name: "Trinity 2.15 for class",
  description: "De novo transcript assembly with Trinity 2.15, for the autumn workshop.",
  tags: ["rna-seq", "workshop"],
  status: "active",
  visibility: "private",
  origin: "published",
  hidden: false,
  protected: false,
  expiresAt: null,
  sizeBytes: 1_288_490_188,
  virtualSizeBytes: 21_474_836_480,
  minDiskGib: 20,
  minRamMib: 0,
  diskFormat: "qcow2",
  hash: { algorithm: "sha512", value: "9b71d224bd62f3785d96d46ad3ea3d73" },
  version: { name: "1.0", changeLog: "first" },
  provenance: {
    requestId,
    publishedAt: "2026-11-23T09:04:10.000Z",
    serverId: "11111111-1111-4111-8111-111111111111",
    baseImage: { id: "22222222-2222-4222-8222-222222222222", hash: null },
    preparation: "clean",
    consistency: "stop",
    provenAt: "2026-11-23T09:03:50.000Z",
    license: "acknowledged 2026-11-23T09:00:00.000Z, version 1",
    packageCount: 312,
  },
  owner,
  isMine: true,
  createdAt: "2026-11-23T09:02:00.000Z",
  updatedAt: "2026-11-23T09:04:10.000Z",
  links: {
    self: `/v1/images/${id}`,
    versions: `/v1/versions?name=Trinity%202.15%20for%20class&owner=${owner}`,
    request: `/v1/image-requests/${requestId}`,
  },
} satisfies z.input<typeof imageRepresentation>;
