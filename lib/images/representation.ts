// An image as callers see it: Glance's fields and Darkroom's own provenance, nothing else of its properties.
import * as z from "zod";
import type { ImageRepresentation } from "../../events/image-representation.ts";
import type { Image } from "../openstack/index.ts";
import { pathOf as pathOfRequest } from "../requests/representation.ts";
import { expiresAt } from "./expiry.ts";
import { originOf } from "./origin.ts";

/** Of others' images Glance may hold a longer description; in a list it is cut. */
const maxListedChars = 4_000;

interface Viewpoint {
  readonly provider: string;
  readonly projectId: string;
}

/** Everything that is told of one image. */
export function imageRepresentation(image: Image, { provider, projectId }: Viewpoint): ImageRepresentation {
  const { properties } = image;
  const origin = originOf(image);
  const isMine = image.owner === projectId;
  const version = origin === "published" ? properties.darkroom_version : undefined;
  const requestId = origin === "published" || origin === "unfinished" ? properties.darkroom_request : undefined;
  return {
    id: image.id,
    provider,
    name: image.name,
    description: properties.description ?? "",
    tags: image.tags,
    status: image.status,
    visibility: image.visibility,
    origin,
    hidden: image.hidden,
    protected: image.protected,
    expiresAt: expiresAt(image) ?? null,
    sizeBytes: image.sizeBytes,
    virtualSizeBytes: image.virtualSizeBytes,
    minDiskGib: image.minDiskGib,
    minRamMib: image.minRamMib,
    diskFormat: image.diskFormat,
    hash: image.hashAlgo && image.hashValue ? { algorithm: image.hashAlgo, value: image.hashValue } : null,
    version: version === undefined ? null : { name: version, changeLog: properties.darkroom_change_log ?? "" },
    provenance: origin === "published" ? provenanceOf(properties) : null,
    owner: image.owner,
    isMine,
    createdAt: image.createdAt,
    updatedAt: image.updatedAt,
    links: {
      self: pathOfImage(image.id),
      ...(origin === "published" && image.name && image.owner && { versions: pathOfLine(image.name, image.owner) }),
      ...(isMine && requestId && { request: pathOfRequest(requestId) }),
    },
  };
}

/** The same for a page of many, each short. */
export function listedImage(image: Image, viewpoint: Viewpoint): ImageRepresentation {
  const whole = imageRepresentation(image, viewpoint);
  const { installedSoftware, systemFiles, keptPaths, packages, ...provenance } = whole.provenance ?? {};
  return {
    ...whole,
    description: whole.description.slice(0, maxListedChars),
    version: whole.version && { ...whole.version, changeLog: whole.version.changeLog.slice(0, maxListedChars) },
    provenance: whole.provenance && (provenance as typeof whole.provenance),
  };
}

export function pathOfImage(id: string): string {
  return `/v1/images/${id}`;
}

export function pathOfLine(name: string, owner: string): string {
  return `/v1/versions?name=${encodeURIComponent(name)}&owner=${encodeURIComponent(owner)}`;
}

function provenanceOf(properties: Image["properties"]): NonNullable<ImageRepresentation["provenance"]> {
  const packages = listIn(properties.darkroom_packages, z.string());
  const place = { path: z.string(), reason: z.string().optional() };
  return {
    requestId: properties.darkroom_request ?? "",
    publishedAt: properties.darkroom_published_at ?? "",
    serverId: properties.darkroom_server ?? null,
    baseImage:
      properties.darkroom_base_image === undefined
        ? null
        : { id: properties.darkroom_base_image, hash: properties.darkroom_base_image_hash ?? null },
    preparation: properties.darkroom_preparation ?? null,
    consistency: properties.darkroom_consistency ?? null,
    provenAt: properties.darkroom_proven_at ?? null,
    license: properties.darkroom_license ?? null,
    packageCount: countOf(packages),
    installedSoftware: listIn(
      properties.darkroom_software,
      z.object({ name: z.string(), path: z.string().optional() }),
    ),
    systemFiles: listIn(properties.darkroom_system_files, z.object({ ...place, change: z.string().optional() })),
    keptPaths: listIn(properties.darkroom_kept_paths, z.object(place)),
    packages,
  };
}

/** The image's owner can write anything there with Glance itself: what is no such list is shown as empty. */
function listIn<Item extends z.ZodType>(text: string | undefined, item: Item): z.output<Item>[] {
  try {
    return z.array(item).parse(JSON.parse(text ?? "[]"));
  } catch {
    return [];
  }
}

/** A list that was too long ends by saying how many more there are (lib/workflow/publication.ts). */
function countOf(packages: readonly string[]): number {
  const more = /^… (\d{1,9}) more$/.exec(packages.at(-1) ?? "")?.[1];
  return more === undefined ? packages.length : packages.length - 1 + Number(more);
}
