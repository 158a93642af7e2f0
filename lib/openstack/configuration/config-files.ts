// Where clouds.yaml and its like are: the places and their order, as openstacksdk has them.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { errorCode } from "../error-code.ts";
import { CloudConfigError } from "./cloud-config-error.ts";
import { isMapping, type Mapping, readYaml } from "./yaml-text.ts";

export interface ConfigFile {
  path: string;
  content: Mapping;
}

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
}

export type FileKind = "clouds" | "secure" | "clouds-public";

/** What was found, or where it was looked for in vain. */
export type Search = { file: ConfigFile | undefined; unreadable: string[]; folders: string[] };

/** The variables that name a file in place of the search; for `clouds-public` there is none. */
const variables: Partial<Record<FileKind, string>> = {
  clouds: "OS_CLIENT_CONFIG_FILE",
  secure: "OS_CLIENT_SECURE_FILE",
};

/**
 * The file that the variable names, else the first that is there (openstacksdk, config/loader.py: CONFIG_SEARCH_PATH, _load_yaml_json_file). A file that may not be
 * read is passed over, as there; one that a variable names and that is not there is an error, while openstacksdk would silently take another.
 * @throws CloudConfigError
 */
export function findConfigFile(kind: FileKind, { env, cwd }: Surroundings): Search {
  const variable = variables[kind];
  const named = variable && env[variable];
  if (variable && named) {
    const file = readIfThere(resolve(cwd, named), []);
    if (!file) throw new CloudConfigError(`${named}, which ${variable} names, is not there or may not be read`);
    return { file, unreadable: [], folders: [] };
  }
  const unreadable: string[] = [];
  const folders = foldersOf(env, cwd);
  for (const folder of folders) {
    for (const suffix of [".yaml", ".yml", ".json"]) {
      const file = readIfThere(join(folder, kind + suffix), unreadable);
      if (file) return { file, unreadable, folders };
    }
  }
  return { file: undefined, unreadable, folders };
}

/** A text in the place of a file. @throws CloudConfigError */
export function parseConfigFile(path: string, text: string): ConfigFile {
  let content: unknown;
  try {
    content = readYaml(text);
  } catch (error) {
    throw new CloudConfigError(`${path} ${(error as Error).message}`);
  }
  if (content !== null && !isMapping(content)) throw new CloudConfigError(`${path}: must be a mapping`);
  return { path, content: content ?? {} };
}

/** `~/.config` counts beside `XDG_CONFIG_HOME`; a snap's own home is not the person's (SNAP_REAL_HOME). */
function foldersOf(env: NodeJS.ProcessEnv, cwd: string): string[] {
  const home = env.HOME || homedir();
  const user = [env.XDG_CONFIG_HOME || join(home, ".config"), join(env.SNAP_REAL_HOME || home, ".config")];
  const site = [...(env.XDG_CONFIG_DIRS || "/etc/xdg").split(":").filter(Boolean), "/etc"];
  return [...new Set([cwd, ...[...user, ...site].map((folder) => join(folder, "openstack"))])];
}

function readIfThere(path: string, unreadable: string[]): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code !== "EACCES" && code !== "EISDIR") throw new CloudConfigError(`${path} cannot be read (${code})`);
    unreadable.push(path);
    return undefined;
  }
  return parseConfigFile(path, text);
}
