// The two clouds that the contract is held against.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulatedCloud } from "../../infra/simulated-openstack/index.ts";
import { readCloudConfig } from "../../lib/openstack/index.ts";
import type { Venue } from "./stage.ts";

/** Twenty times as fast as measured, but for what must be met under way: a snapshot, and a guest that does not stop. */
export async function simulatedVenue(): Promise<Venue> {
  const cloud = await startSimulatedCloud({ speed: 20, serverTiming: { snapshotFixedMs: 2_000, hardStopMs: 3_000 } });
  const folder = mkdtempSync(join(tmpdir(), "darkroom-contract-"));
  const file = join(folder, "clouds.yaml");
  writeFileSync(file, cloud.cloudsYaml());
  const config = (name: string) => readCloudConfig(name, { env: { OS_CLIENT_CONFIG_FILE: file } });
  return {
    cloud: "simulated",
    people: { owner: config("alice"), other: config("bob"), service: config("darkroom"), admin: config("admin") },
    lookEveryMs: 20,
    async close() {
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The one that infra/real-openstack raised. Throws where there is none: a test on a real cloud is never skipped. */
export async function realVenue(): Promise<Venue> {
  const file = join(process.env.RIG ?? "/var/lib/openstack-rig", "clouds.yaml");
  const config = (name: string) => readCloudConfig(name, { env: { OS_CLIENT_CONFIG_FILE: file } });
  return {
    cloud: "real",
    people: { owner: config("user-a"), other: config("user-b"), service: config("imaging"), admin: config("admin") },
    lookEveryMs: 250,
    close: () => Promise.resolve(),
  };
}
