// A change that an owner wants, as one patch for Glance; nothing where all of it is so already.
import type { ImageChange } from "../../events/image-change.ts";
import type { Image, PatchOperation } from "../openstack/index.ts";
import { expiryOperations } from "./expiry.ts";

export function changeOperations(image: Image, change: ImageChange): PatchOperation[] {
  const operations: PatchOperation[] = [];
  const replace = (name: string, present: unknown, value: unknown) => {
    if (value !== undefined && value !== present) operations.push({ op: "replace", path: `/${name}`, value });
  };
  replace("name", image.name, change.name);
  replace("visibility", image.visibility, change.visibility);
  replace("protected", image.protected, change.protected);
  operations.push(...descriptionOperations(image, change.description), ...tagOperations(image, change));
  if (change.expiresAt !== undefined) operations.push(...expiryOperations(image, change.expiresAt));
  return operations;
}

function descriptionOperations({ properties }: Image, wanted: string | undefined): PatchOperation[] {
  if (wanted === undefined || wanted === (properties.description ?? "")) return [];
  return wanted === ""
    ? [{ op: "remove", path: "/description" }]
    : [{ op: "add", path: "/description", value: wanted }];
}

function tagOperations({ tags }: Image, { addTags = [], removeTags = [] }: ImageChange): PatchOperation[] {
  const kept = tags.filter((tag) => !removeTags.includes(tag));
  const added = addTags.filter((tag) => !kept.includes(tag));
  if (added.length === 0 && kept.length === tags.length) return [];
  return [{ op: "replace", path: "/tags", value: [...kept, ...added] }];
}
