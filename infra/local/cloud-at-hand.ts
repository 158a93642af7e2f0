// Which cloud the embedded default works on: the one that OS_CLOUD names, else the simulated one with its people and servers.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SimulatedCloud, startSimulatedCloud } from "../simulated-openstack/index.ts";
import { isOwnScript } from "./own-scripts.ts";
import type { HostSettings } from "./settings.ts";

export type CloudAtHand = {
  /** Absent on a real cloud. */
  simulated?: SimulatedCloud;
  /** For the functions: how to find the cloud, and its policy. */
  env: Record<string, string>;
  close(): Promise<void>;
};

/** The simulated cloud's clouds.yaml and, unless one was named, a policy file are written into the data folder. */
export async function cloudAtHand({
  cloudName,
  policyFile,
  dataFolder,
  port,
  simulatedSpeed,
}: HostSettings): Promise<CloudAtHand> {
  const policy = policyFile && { DARKROOM_CONFIG: policyFile };
  if (cloudName) return { env: { OS_CLOUD: cloudName, ...policy }, close: async () => undefined };
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const simulated = await startSimulatedCloud({
    port: port === 0 ? 0 : port + 1,
    dataFile: join(dataFolder, "simulated-openstack.json"),
    speed: simulatedSpeed,
    runsScript: isOwnScript,
  });
  const cloudsFile = join(dataFolder, "clouds.yaml");
  writeFileSync(cloudsFile, simulated.cloudsYaml(), { mode: 0o600 });
  const ownPolicy = join(dataFolder, "darkroom.yaml");
  if (!policyFile && !existsSync(ownPolicy)) writeFileSync(ownPolicy, policyOf(simulated));
  return {
    simulated,
    env: {
      OS_CLIENT_CONFIG_FILE: cloudsFile,
      // So that no secure.yaml of a real cloud adds its password to an entry of the same name.
      OS_CLIENT_SECURE_FILE: cloudsFile,
      OS_CLOUD: "darkroom",
      DARKROOM_CONFIG: policyFile ?? ownPolicy,
    },
    close: () => simulated.close(),
  };
}

function policyOf(simulated: SimulatedCloud): string {
  return `# The policy of the simulated cloud, written once; change it as you like. docs/policy.md names every setting.
providers:
  simulated:
    cloud: darkroom
    staffCloud: admin
    directoryCloud: directory
    approvers:
      - role: imaging-staff
        project: ${JSON.stringify(simulated.ids.project("staff"))}
    visibilities: [private, shared, community, public]
    # Its guests are folders, in which nothing is left of what was deleted.
    unpromisedFreeSpace: any
    supportContact: help@simulated.invalid
    mailFrom: Darkroom <darkroom@simulated.invalid>
`;
}
