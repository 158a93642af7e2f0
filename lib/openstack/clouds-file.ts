// One entry of clouds.yaml, as every OpenStack tool reads it, as a checked configuration.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse, YAMLError } from "yaml";
import { type CloudEntry, entryToConfig } from "./cloud-entry.ts";
import { errorCode } from "./error-code.ts";

export interface CloudConfig {
  name: string;
  /** With its version: ends in `/v3`. */
  authUrl: string;
  credentials: Credentials;
  regionName?: string | undefined;
  interface: "public" | "internal" | "admin";
  /** Whether the servers' certificates are checked. */
  verify: boolean;
  caCertPath?: string | undefined;
}

export type Credentials =
  | { type: "password"; user: UserName; password: string; scope?: ProjectName | undefined }
  | { type: "token"; token: string; scope?: ProjectName | undefined }
  | { type: "applicationCredential"; id: string; secret: string }
  | { type: "applicationCredential"; name: string; user: UserName; secret: string };

export type DomainName = { id: string } | { name: string };
export type UserName = { id: string } | { name: string; domain: DomainName };
export type ProjectName = { id: string } | { name: string; domain: DomainName };

/** Its message names the file, the entry and the field, and never a value of it. */
export class CloudConfigError extends Error {
  override readonly name = "CloudConfigError";
}

export interface CloudConfigSource {
  env?: NodeJS.ProcessEnv | undefined;
  cwd?: string | undefined;
  /** The file's content, instead of looking for a file. */
  text?: string | undefined;
}

/**
 * The entry `name` of clouds.yaml: the file that `OS_CLIENT_CONFIG_FILE` names, else the first that is there of `./clouds.yaml`,
 * `~/.config/openstack/clouds.yaml` and `/etc/openstack/clouds.yaml` (openstacksdk, config/loader.py). Not read so far: `clouds-public.yaml`,
 * `secure.yaml` and `OS_*` variables; an entry with a `profile` is refused.
 * @throws CloudConfigError
 */
export function readCloudConfig(name: string, source: CloudConfigSource = {}): CloudConfig {
  const file = source.text === undefined ? findFile(source) : { path: "the given text", text: source.text };
  const clouds = readClouds(file);
  const entry = Object.hasOwn(clouds, name) ? clouds[name] : undefined;
  if (entry === undefined) {
    throw new CloudConfigError(`${file.path}: no cloud "${name}"; there are: ${Object.keys(clouds).join(", ")}`);
  }
  return entryToConfig(name, entry, (field, problem) => {
    throw new CloudConfigError(`${file.path}: clouds.${name}${field && `.${field}`}: ${problem}`);
  });
}

interface File {
  path: string;
  text: string;
}

function findFile({ env = process.env, cwd = process.cwd() }: CloudConfigSource): File {
  const named = env.OS_CLIENT_CONFIG_FILE;
  if (named) {
    const file = readIfThere(resolve(cwd, named));
    if (file) return file;
    throw new CloudConfigError(`${named}, which OS_CLIENT_CONFIG_FILE names, is not there`);
  }
  const home = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config");
  const folders = [cwd, join(home, "openstack"), "/etc/openstack"];
  const paths = folders.flatMap((folder) => [join(folder, "clouds.yaml"), join(folder, "clouds.yml")]);
  for (const path of paths) {
    const file = readIfThere(path);
    if (file) return file;
  }
  throw new CloudConfigError(`no clouds.yaml in ${folders.join(", ")}; OS_CLIENT_CONFIG_FILE may name another`);
}

function readIfThere(path: string): File | undefined {
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new CloudConfigError(`${path} cannot be read`, { cause: error });
  }
}

const maxFileChars = 1024 * 1024;

/** Every scalar is a string ("failsafe"): a project's id such as `1234e5` or a password such as `0123` is no number. */
function readClouds({ path, text }: File): Record<string, CloudEntry> {
  if (text.length > maxFileChars) throw new CloudConfigError(`${path} is longer than ${maxFileChars} characters`);
  let parsed: unknown;
  try {
    parsed = parse(text, { schema: "failsafe", logLevel: "error", prettyErrors: false });
  } catch (error) {
    // The parser's own words may hold a piece of the file, so only its code and position are told.
    const at = error instanceof YAMLError ? ` at character ${error.pos[0]}` : "";
    throw new CloudConfigError(`${path} is no YAML (${errorCode(error) || "unknown"}${at})`);
  }
  const clouds = isRecord(parsed) ? parsed.clouds : undefined;
  if (!isRecord(clouds)) throw new CloudConfigError(`${path}: clouds: missing, or no mapping of names to entries`);
  return clouds as Record<string, CloudEntry>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
