// `npm start`: Darkroom on this machine, until it is stopped.
import { existsSync } from "node:fs";
import { startHost } from "./host.ts";
import { readSettings } from "./settings.ts";

try {
  const settings = readSettings(process.env);
  const host = await startHost(settings);
  const { simulated } = host.cloud;
  console.log(`Darkroom serves at ${host.url}`);
  console.log(
    simulated
      ? `  cloud: simulated, ${simulated.url} (clouds.yaml in ${settings.dataFolder})`
      : `  cloud: ${settings.cloudName} of clouds.yaml`,
  );
  if (simulated && !settings.policyFile && existsSync("darkroom.yaml"))
    console.log(
      "  darkroom.yaml here is not read: OS_CLOUD names no cloud, and the simulated one has a policy of its own",
    );
  console.log(`  data:  ${settings.dataFolder}, log: ${host.logFile}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.log("stopping …");
      host.close().then(() => process.exit(0), fail);
    });
  }
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  console.error(`Darkroom cannot run: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
