// One cloud of clouds.yaml and its neighbours, as every OpenStack tool reads them, as a checked configuration.
import { CloudConfigError } from "./configuration/cloud-config-error.ts";
import { entryToConfig } from "./configuration/cloud-entry.ts";
import { findConfigFile, parseConfigFile, type Surroundings } from "./configuration/config-files.ts";
import { environmentCloud, environmentCloudName } from "./configuration/environment-cloud.ts";
import { type Complain, mergedDeeply, mergedEntry } from "./configuration/merged-entry.ts";
import { withPresentNames } from "./configuration/old-names.ts";
import { profileOf } from "./configuration/profile.ts";
import { isMapping, type Mapping } from "./configuration/yaml-text.ts";
import type { ServiceName } from "./options.ts";

export { CloudConfigError };

export interface CloudConfig {
  name: string;
  /** With its version: ends in `/v3`. */
  authUrl: string;
  credentials: Credentials;
  regionName?: string | undefined;
  interface: Face;
  /** Whether the servers' certificates are checked. */
  verify: boolean;
  caCertPath?: string | undefined;
  /** The client's own certificate; its key too, where `keyPath` names no other file. */
  certPath?: string | undefined;
  keyPath?: string | undefined;
  /** Where a service is found otherwise than all others. */
  services?: Partial<Record<ServiceName, ServicePlace>> | undefined;
}

export type Face = "public" | "internal" | "admin";

export interface ServicePlace {
  /** Instead of what the catalogue says. */
  endpoint?: string | undefined;
  regionName?: string | undefined;
  interface?: Face | undefined;
}

export type Credentials =
  | {
      type: "password";
      user: UserName;
      password: string;
      scope?: ProjectName | undefined;
      /** In place of a project. */
      widerScope?: WiderScope | undefined;
    }
  | { type: "token"; token: string; scope?: ProjectName | undefined }
  | { type: "applicationCredential"; id: string; secret: string }
  | { type: "applicationCredential"; name: string; user: UserName; secret: string };

/** For looking people and projects up; servers and images are in projects. */
export type WiderScope = { domain: DomainName } | { system: { all: true } };

export type DomainName = { id: string } | { name: string };
export type UserName = { id: string } | { name: string; domain: DomainName };
export type ProjectName = { id: string } | { name: string; domain: DomainName };

export interface CloudConfigSource {
  env?: NodeJS.ProcessEnv | undefined;
  cwd?: string | undefined;
  /** The file's content, instead of looking for files. */
  text?: string | undefined;
  /** One of the entry's regions, in place of its first. */
  region?: string | undefined;
  /** A password's entry may also have a domain, or the whole system, for its scope. */
  anyScope?: boolean | undefined;
}

/**
 * The cloud `name` as openstacksdk finds it: clouds.yaml, what secure.yaml adds, its profile in clouds-public.yaml, its region; or the cloud of plain OS_ variables,
 * which is called `envvars`. Where this differs from openstacksdk, docs/credentials.md says so.
 * @throws CloudConfigError
 */
export function readCloudConfig(name: string, source: CloudConfigSource = {}): CloudConfig {
  const around = surroundingsOf(source);
  const { origin, clouds, notes } = readClouds(source, around);
  const entry = Object.hasOwn(clouds, name) ? clouds[name] : undefined;
  if (entry === undefined) {
    const known = Object.keys(clouds);
    if (known.length === 0)
      throw new CloudConfigError(`${origin}: clouds: missing, or no mapping of names to entries${notes}`);
    throw new CloudConfigError(`${origin}: no cloud "${name}"; there are: ${known.join(", ")}${notes}`);
  }
  const complain: Complain = (field, problem) => {
    throw new CloudConfigError(`${placeOf(origin, name, field, around)}: ${problem}`);
  };
  if (!isMapping(entry)) return complain("", "must be a mapping");
  const files = source.text === undefined ? around : undefined;
  const merged = mergedEntry(entry, profileOf(entry, files, complain), source.region, complain);
  return entryToConfig(name, withPresentNames(merged), around.env.HOME ?? "", complain, source.anyScope === true);
}

/** The cloud that is meant where none is named: that of `OS_CLOUD`, else that of plain OS_ variables, else the only one there is (config/loader.py: OpenStackConfig). */
export function defaultCloudName(source: CloudConfigSource = {}): string | undefined {
  const around = surroundingsOf(source);
  if (around.env.OS_CLOUD) return around.env.OS_CLOUD;
  if (environmentCloud(around.env)) return environmentCloudName(around.env);
  const [first, ...others] = Object.keys(readClouds(source, around).clouds);
  return others.length === 0 ? first : undefined;
}

const surroundingsOf = ({ env = process.env, cwd = process.cwd() }: CloudConfigSource): Surroundings => ({ env, cwd });

/** All entries, with where they come from and what else a person should know where one is missing. */
function readClouds(
  source: CloudConfigSource,
  around: Surroundings,
): { origin: string; clouds: Mapping; notes: string } {
  if (source.text !== undefined) {
    const { path, content } = parseConfigFile("the given text", source.text);
    return { origin: path, clouds: cloudsIn(path, content), notes: "" };
  }
  const main = findConfigFile("clouds", around);
  const secure = findConfigFile("secure", around);
  const own = environmentCloud(around.env);
  const files = [main.file, secure.file].filter((file) => file !== undefined);
  const clouds = files.map(({ path, content }) => cloudsIn(path, content)).reduce(mergedDeeply, {});
  const ownName = environmentCloudName(around.env);
  const [file] = files;
  if (file && Object.hasOwn(clouds, ownName)) {
    throw new CloudConfigError(`${file.path}: clouds.${ownName}: this name is kept for the cloud of OS_ variables`);
  }
  const unread = [...main.unreadable, ...secure.unreadable];
  const notes = unread.length > 0 ? `; not readable: ${unread.join(", ")}` : "";
  if (!file && !own) {
    const where = main.folders.join(", ");
    throw new CloudConfigError(`no clouds.yaml in ${where}; OS_CLIENT_CONFIG_FILE may name another${notes}`);
  }
  return {
    origin: file?.path ?? "the environment",
    clouds: { ...clouds, ...(own && { [ownName]: own }) },
    notes,
  };
}

function cloudsIn(path: string, { clouds }: Mapping): Mapping {
  if (clouds === undefined || clouds === null) return {};
  if (!isMapping(clouds)) throw new CloudConfigError(`${path}: clouds: missing, or no mapping of names to entries`);
  return clouds;
}

function placeOf(origin: string, name: string, field: string, { env }: Surroundings): string {
  if (name === environmentCloudName(env) && environmentCloud(env)) {
    return field ? `OS_${field.replace(/^auth\./, "").toUpperCase()}` : "the OS_ variables";
  }
  return `${origin}: clouds.${name}${field && `.${field}`}`;
}
