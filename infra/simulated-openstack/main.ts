// Serves the cloud by itself: node infra/simulated-openstack/main.ts --port N --data FILE [--speed N]
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startSimulatedCloud } from "./index.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    data: { type: "string" },
    speed: { type: "string", default: "1" },
  },
});

const cloud = await startSimulatedCloud({
  port: Number(values.port),
  speed: Number(values.speed),
  // By itself it knows nobody whose scripts it could trust.
  runsScript: () => false,
  ...(values.data === undefined ? {} : { dataFile: resolve(values.data) }),
});

// Beside the data under a name that nobody's own clouds.yaml has, or in a folder of its own.
const cloudsFile =
  values.data === undefined
    ? join(mkdtempSync(join(tmpdir(), "simulated-openstack-")), "clouds.yaml")
    : `${resolve(values.data)}.clouds.yaml`;
writeFileSync(cloudsFile, cloud.cloudsYaml(), { mode: 0o600 });
console.log(`simulated OpenStack at ${cloud.authUrl}\nexport OS_CLIENT_CONFIG_FILE=${cloudsFile} OS_CLOUD=alice`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    cloud.close().then(() => process.exit(0));
  });
}
