// The attributes of an image that a request may set, and what Glance says to a value that does not fit.
import { own, pythonRepr } from "../bodies.ts";
import { isProtected } from "../policies.ts";
import type { ImageCall } from "./call.ts";
import type { ImageRecord, Visibility } from "./records.ts";
import { notSchema, readOnly, refuse } from "./refusals.ts";

const readOnlyNames = new Set([
  "created_at",
  "updated_at",
  "status",
  "checksum",
  "size",
  "virtual_size",
  "direct_url",
  "self",
  "file",
  "schema",
  "id",
  "os_hash_algo",
  "os_hash_value",
]);

const reservedNames = new Set(["location", "deleted", "deleted_at"]);

export const coreNames = new Set([
  "name",
  "visibility",
  "protected",
  "os_hidden",
  "owner",
  "container_format",
  "disk_format",
  "tags",
  "min_ram",
  "min_disk",
]);

/** 403 for a property that only administrators may touch (glance/api/property_protections.py). */
export function checkUnprotected({ core, viewer }: ImageCall, name: string): void {
  if (!viewer.isAdmin && !coreNames.has(name) && isProtected(core.state.policies, name))
    throw refuse(403, `Attribute '${name}' is reserved.`);
}

/** 403 where the cloud does not let the caller show the image to so many. */
export function checkVisibility({ core, viewer }: ImageCall, visibility: unknown): void {
  const { publicizeImage, communitizeImage } = core.state.policies;
  if (viewer.isAdmin) return;
  if (visibility === "public" && publicizeImage === "admin") throw notAuthorized("publicize_image");
  if (visibility === "community" && communitizeImage === "admin") throw notAuthorized("communitize_image");
}

const notAuthorized = (rule: string) => refuse(403, `You are not authorized to complete ${rule} action.`);

/** 403 for what a request may never touch; `id` only when an image is made (measured on Zed). */
export function checkWritable(name: string, options: { creating: boolean }): void {
  if (readOnlyNames.has(name) && !(options.creating && name === "id")) throw readOnly(name);
  if (!reservedNames.has(name) && !name.startsWith("os_glance")) return;
  if (options.creating) throw refuse(403, "Access was denied to this resource.", `Attribute '${name}' is reserved.`);
  throw refuse(403, `Attribute '${name}' is reserved.`);
}

/** Sets one attribute or property, or throws 400. Who may do so is not asked here. */
export function setAttribute(image: ImageRecord, name: string, value: unknown): void {
  const set = own(setters, name);
  if (!set && typeof value !== "string") throw mistyped(value, ["string"], name);
  if (set) set(image, value);
  else image.properties[name] = String(value);
}

/** 413 over Glance's quotas of properties and tags. */
export function checkQuotas({ core }: ImageCall, image: ImageRecord): void {
  const { imageQuota: quota } = core.state;
  const properties = Object.keys(image.properties).length;
  if (properties > quota.properties) {
    throw refuse(
      413,
      `The limit has been exceeded on the number of allowed image properties. Attempted: ${properties}, Maximum: ${quota.properties}`,
    );
  }
  if (image.tags.length > quota.tags) {
    throw refuse(
      413,
      `The limit has been exceeded on the number of allowed image tags. Attempted: ${image.tags.length}, Maximum: ${quota.tags}`,
    );
  }
}

const setters: Record<string, (image: ImageRecord, value: unknown) => void> = {
  name(image, value) {
    if (value !== null && typeof value !== "string") throw mistyped(value, ["null", "string"], "name");
    if (value !== null && value.length > 255) throw notSchema(`${pythonRepr(value)} is too long`);
    image.name = value;
  },
  visibility(image, value) {
    image.visibility = oneOf(value, ["community", "public", "private", "shared"] satisfies Visibility[]) as Visibility;
  },
  protected(image, value) {
    image.protected = typed(value, "boolean", "protected");
  },
  os_hidden(image, value) {
    image.hidden = typed(value, "boolean", "os_hidden");
  },
  owner(image, value) {
    if (typeof value !== "string") throw mistyped(value, ["null", "string"], "owner");
    image.owner = value;
  },
  container_format(image, value) {
    image.containerFormat = oneOf(value, [null, "ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"]);
  },
  disk_format(image, value) {
    image.diskFormat = oneOf(value, [
      null,
      "ami",
      "ari",
      "aki",
      "vhd",
      "vhdx",
      "vmdk",
      "raw",
      "qcow2",
      "vdi",
      "iso",
      "ploop",
    ]);
  },
  tags(image, value) {
    if (!Array.isArray(value)) throw mistyped(value, ["array"], "tags");
    for (const tag of value) {
      if (typeof tag !== "string") throw notSchema(`${pythonRepr(tag)} is not of type 'string'`);
      if (tag.length > 255) throw notSchema(`${pythonRepr(tag)} is too long`);
    }
    image.tags = [...new Set<string>(value)];
  },
  min_ram(image, value) {
    image.minRamMib = amount(value, "min_ram");
  },
  min_disk(image, value) {
    image.minDiskGib = amount(value, "min_disk");
  },
};

function amount(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isInteger(value)) throw mistyped(value, ["integer"], name);
  if (value < 0) throw refuse(400, `Invalid value '${value}' for parameter '${name}': Cannot be a negative value`);
  return value;
}

function typed(value: unknown, type: "boolean", name: string): boolean {
  if (typeof value !== type) throw mistyped(value, [type], name);
  return value === true;
}

function oneOf<Choice extends string | null>(value: unknown, choices: Choice[]): Choice {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw notSchema(`${pythonRepr(value)} is not one of ${pythonRepr(choices)}`);
  return chosen;
}

const mistyped = (value: unknown, types: string[], name: string) =>
  notSchema(
    `${pythonRepr(value)} is not of type ${types.map((type) => `'${type}'`).join(", ")}\n\nOn instance['${name}']:\n    ${pythonRepr(value)}`,
  );
