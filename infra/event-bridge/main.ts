// `npm run bridge`: carries Nova's and Glance's events from the cloud's RabbitMQ to Darkroom, until it is told to end. README.md says how to run it.
import { log } from "../../lib/log.ts";
import { startBridge } from "./bridge.ts";
import { type BridgeSettings, readSettings } from "./settings.ts";

const reportEveryMs = 300_000;

function settingsOrEnd(): BridgeSettings {
  try {
    return readSettings(process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}

const bridge = startBridge(settingsOrEnd());
const report = setInterval(() => log.info("so far", bridge.counts), reportEveryMs);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    clearInterval(report);
    void bridge.close().then(() => log.info("ended", bridge.counts));
  });
}
