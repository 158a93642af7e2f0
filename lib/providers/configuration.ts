// The providers of this installation, from the policy file and clouds.yaml.
import { existsSync, readFileSync } from "node:fs";
import type { Portal } from "../hooks/portal.ts";
import {
  type CloudConfig,
  type ConnectOptions,
  connect,
  defaultCloudName,
  readCloudConfig,
} from "../openstack/index.ts";
import { defaultPolicy, parsePolicy } from "./policy.ts";
import { makeProvider, type Provider } from "./provider.ts";

export interface Providers {
  readonly all: readonly Provider[];
  find(name: string): Provider | undefined;
  portal(name: string): Portal | undefined;
}

/** Both files' texts, where they come from a secret and not from disk. */
export interface ConfigurationTexts {
  readonly clouds: string;
  readonly policy: string;
}

/**
 * From `texts`, else from the files that `DARKROOM_CONFIG` (darkroom.yaml) and openstacksdk's rules name; without a policy file, the
 * one cloud that is meant where none is named. Throws an Error that says which file, entry and field is wrong.
 */
export function readProviders(
  env: NodeJS.ProcessEnv,
  texts?: ConfigurationTexts,
  connecting: ConnectOptions = {},
): Providers {
  const { providers, portals } = readPolicy(env, texts);
  const config = (cloud: string, region?: string, anyScope = false) =>
    readCloudConfig(cloud, { env, region, anyScope, ...(texts && { text: texts.clouds }) });
  const all = Object.entries(providers).map(([name, policy]) => {
    const service = config(policy.cloud, policy.region);
    return makeProvider({
      name,
      policy,
      service: connect(service, connecting),
      serviceSecret: passwordOf(service),
      ...(policy.staffCloud && { staff: connect(config(policy.staffCloud, policy.region), connecting) }),
      accounts: Object.fromEntries(
        policy.serviceAccounts.map(({ cloud }) => [cloud, config(cloud, policy.region).credentials]),
      ),
      ...(policy.directoryCloud && {
        directory: connect(config(policy.directoryCloud, policy.region, true), connecting),
      }),
    });
  });
  const find = (name: string) => all.find((provider) => provider.name === name);
  const callers = Object.entries(portals).map(([name, policy]): Portal => {
    const provider = find(policy.provider);
    if (!provider) throw new Error(`portals.${name}.provider: there is no provider ${policy.provider}`);
    const asker = config(policy.cloud, provider.policy.region);
    if (asker.credentials.type !== "password")
      throw new Error(
        `portals.${name}.cloud: the entry ${asker.name} of clouds.yaml needs a password, to delegate with`,
      );
    return { name, policy, provider, cloud: connect(asker, connecting) };
  });
  return { all, find, portal: (name) => callers.find((portal) => portal.name === name) };
}

function readPolicy(env: NodeJS.ProcessEnv, texts: ConfigurationTexts | undefined) {
  if (texts) return parsePolicy(texts.policy, "the secret's darkroom.yaml");
  const file = env.DARKROOM_CONFIG || "darkroom.yaml";
  if (existsSync(file)) return parsePolicy(readFileSync(file, "utf8"), file);
  if (env.DARKROOM_CONFIG) throw new Error(`DARKROOM_CONFIG names ${file}, which is not there`);
  const cloud = defaultCloudName({ env });
  if (!cloud) throw new Error("no cloud: write darkroom.yaml, or set OS_CLOUD to an entry of clouds.yaml");
  return defaultPolicy(cloud);
}

/** Only a user with a password can act on a trust: Keystone gives no other scope to an application credential's token. */
function passwordOf(config: CloudConfig): string {
  if (config.credentials.type === "password") return config.credentials.password;
  throw new Error(
    `the entry ${config.name} of clouds.yaml is Darkroom's service user and needs a password: Keystone lets no ${config.credentials.type} act on a trust`,
  );
}
