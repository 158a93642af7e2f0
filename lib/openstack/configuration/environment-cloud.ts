// The cloud that plain OS_ variables make, as after `source openrc`.
import type { Mapping } from "./yaml-text.ts";

/** Its name, where `OS_CLOUD_NAME` gives no other. */
export function environmentCloudName(env: NodeJS.ProcessEnv): string {
  return env.OS_CLOUD_NAME || "envvars";
}

/** These choose among clouds and make none; `OS_TEST…`, `OS_STD…` and `OS_LOG…` are not ours at all (openstacksdk, config/loader.py: _get_os_environ). */
const selectors = ["OS_CLOUD", "OS_REGION_NAME", "OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE", "OS_CLOUD_NAME"];

/** Undefined where no variable says more than which cloud to take. */
export function environmentCloud(env: NodeJS.ProcessEnv): Mapping | undefined {
  const names = Object.keys(env).filter((name) => /^OS_(?!TEST|STD|LOG)/.test(name));
  if (names.every((name) => selectors.includes(name))) return undefined;
  const saying = names.filter((name) => name === "OS_REGION_NAME" || !selectors.includes(name));
  return Object.fromEntries(saying.map((name) => [name.slice("OS_".length).toLowerCase(), env[name] ?? ""]));
}
