// The profile of an entry: what clouds-public.yaml says of the cloud that several entries are users of.
import { findConfigFile, type Surroundings } from "./config-files.ts";
import type { Complain } from "./merged-entry.ts";
import { isMapping, type Mapping } from "./yaml-text.ts";

/**
 * Empty where the entry names none. `cloud` is the old name of `profile`. A profile that no clouds-public.yaml has is refused: the ones inside openstacksdk's package and
 * those that are fetched from an address are not at hand, and without them an entry could mean another region, or another Keystone.
 * @param around undefined where there are no files.
 */
export function profileOf(entry: Mapping, around: Surroundings | undefined, complain: Complain): Mapping {
  const field = entry.profile == null ? "cloud" : "profile";
  const name = entry[field];
  if (name == null || name === "") return {};
  if (typeof name !== "string") return complain(field, "must be a text");
  const search = around && findConfigFile("clouds-public", around);
  const profiles = search?.file?.content["public-clouds"];
  const profile = isMapping(profiles) && Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (isMapping(profile)) return profile;
  const where = search?.file ? `${search.file.path} has no such` : "there is no clouds-public.yaml with such a";
  return complain(field, `${where} profile; those inside openstacksdk, and addresses, are not read: write it there`);
}
