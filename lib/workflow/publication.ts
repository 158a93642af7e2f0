// What makes an image out of a snapshot, as one list of changes: name, description, tags, provenance; Nova's marks and ours removed.
import { privateOnlyProperty } from "../images/visibility.ts";
import { type Image, type PatchOperation, propertyPath } from "../openstack/index.ts";
import type { Policy } from "../providers/policy.ts";
import type { ImageRequest } from "../requests/image-request.ts";
import { maxListBytes, provenanceList } from "../requests/provenance.ts";

/** What Nova writes on snapshots only (measured on Zed); with them Horizon and Exosphere show a snapshot, not an image. */
const snapshotOnly = [
  "base_image_ref",
  "boot_roles",
  "image_location",
  "image_state",
  "image_type",
  "instance_uuid",
  "locked_reason",
  "owner_id",
  "owner_project_name",
  "owner_user_name",
  "user_id",
];

/** openstacksdk's checksums of the base image's file, inherited by the snapshot: of this image they would be false. */
const falseHere = [
  "owner_specified.openstack.md5",
  "owner_specified.openstack.sha256",
  "owner_specified.openstack.object",
];

interface Publishing {
  readonly publishedAt: string;
  readonly policy: Policy;
  readonly packages: readonly string[];
  /** Why its owner may not show it to others later. */
  readonly privateOnly?: string | undefined;
}

/** The changes that are still to be made; empty once the image is as asked. Safe to compute and send again. */
export function publication(
  request: ImageRequest,
  image: Image,
  { publishedAt, policy, packages, privateOnly }: Publishing,
): PatchOperation[] {
  const { asked } = request;
  const wanted = {
    ...wantedProperties(request, publishedAt, packages),
    ...(privateOnly !== undefined && { [privateOnlyProperty]: privateOnly }),
    ...quiesce(request, policy),
  };
  const operations: PatchOperation[] = [];
  if (image.name !== asked.name) operations.push({ op: "replace", path: "/name", value: asked.name });
  if (!sameSet(image.tags, asked.tags)) operations.push({ op: "replace", path: "/tags", value: asked.tags });
  for (const [name, value] of Object.entries(wanted)) {
    if (image.properties[name] !== value) operations.push({ op: "add", path: propertyPath(name), value });
  }
  for (const name of Object.keys(image.properties)) {
    if (!(name in wanted) && (isForeign(name) || isRefuted(request, name)))
      operations.push({ op: "remove", path: propertyPath(name) });
  }
  return operations;
}

/** Properties of another image's publication are inherited by snapshots of servers booted from it: of this one they are not true. */
function isForeign(name: string): boolean {
  return (
    name === "description" || name.startsWith("darkroom_") || snapshotOnly.includes(name) || falseHere.includes(name)
  );
}

/** Provenance: which request, server, base image and software this image comes from, and what was (not) done to it. */
function wantedProperties(
  request: ImageRequest,
  publishedAt: string,
  packages: readonly string[],
): Record<string, string> {
  const { asked, learned, server, license } = request;
  const wanted: Record<string, string | undefined> = {
    description: asked.description,
    darkroom_request: request.id,
    darkroom_published_at: publishedAt,
    darkroom_server: server.id,
    darkroom_base_image: learned.check?.baseImage?.id,
    darkroom_base_image_hash: learned.check?.baseImage?.hash,
    darkroom_preparation: asked.preparation,
    darkroom_consistency: asked.consistency,
    darkroom_proven_at: learned.verify?.provenAt,
    darkroom_license: `acknowledged ${license.at}, version ${license.version}`,
    darkroom_software: provenanceList(asked.installedSoftware),
    darkroom_system_files: provenanceList(asked.systemFiles),
    darkroom_kept_paths: provenanceList(asked.keepPaths),
    darkroom_packages: packagesThatFit(packages),
    darkroom_version: asked.version?.name,
    darkroom_change_log: asked.version?.changeLog,
  };
  return Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** The list that provenance keeps; what is too long for one property is cut, and says so. */
function packagesThatFit(packages: readonly string[]): string | undefined {
  const whole = provenanceList(packages);
  if (whole === undefined || whole.length <= maxListBytes) return whole;
  const share = Math.floor((packages.length * maxListBytes * 0.95) / whole.length);
  return provenanceList([...packages.slice(0, share), `… ${packages.length - share} more`]);
}

/** Only of an image whose agent was seen to answer: else every snapshot of its servers would fail (nova/virt/libvirt/driver.py, os_require_quiesce). */
function quiesce({ learned }: ImageRequest, { bootProperties }: Policy): Record<string, string> {
  const { os_require_quiesce: value } = bootProperties;
  return value !== undefined && learned.verify?.guestAgent === "active" ? { os_require_quiesce: value } : {};
}

/** Inherited from the source's image, and seen not to hold of this one: with it, no server of this image could be imaged. */
function isRefuted({ learned }: ImageRequest, name: string): boolean {
  return name === "os_require_quiesce" && learned.verify !== undefined && learned.verify.guestAgent !== "active";
}

function sameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}
