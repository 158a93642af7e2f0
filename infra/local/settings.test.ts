// Settings of the embedded default: defaults, and every wrong one named.
import { resolve } from "node:path";
import { readSettings } from "./settings.ts";

test("without any: port 3000, data in .darkroom, the simulated cloud at a real one's speed", () => {
  expect(readSettings({})).toEqual({ port: 3000, dataFolder: resolve(".darkroom"), simulatedSpeed: 1 });
});

test("with all", () => {
  const env = {
    PORT: "0",
    DARKROOM_DATA: "/d",
    DARKROOM_CONFIG: "p.yaml",
    OS_CLOUD: "c",
    DARKROOM_SIMULATED_SPEED: "4",
  };
  const named = { policyFile: resolve("p.yaml"), cloudName: "c" };
  expect(readSettings(env)).toEqual({ port: 0, dataFolder: "/d", simulatedSpeed: 4, ...named });
});

test("every wrong one is named at once", () => {
  const env = { PORT: "http", DARKROOM_DATA: "", OS_CLOUD: "", DARKROOM_SIMULATED_SPEED: "0" };
  expect(() => readSettings(env)).toThrow(
    /PORT must be a number; DARKROOM_DATA .*; OS_CLOUD .*; DARKROOM_SIMULATED_SPEED /,
  );
});
