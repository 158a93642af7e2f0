// How `npm run test:clients` runs: Debian's own OpenStack clients against the simulated cloud.
import base from "../../jest.config.js";

export default {
  ...base,
  rootDir: "../..",
  testMatch: ["<rootDir>/test/clients/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  // A bound for what hangs: some twenty commands in one test, each a second and a half where nothing else runs.
  testTimeout: 600_000,
  maxWorkers: 1,
};
