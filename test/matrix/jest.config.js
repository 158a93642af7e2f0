// How `npm run test:matrix` runs: the whole matrices, all orders of two at once, and what of the chain takes longest.
import base from "../../jest.config.js";

export default {
  ...base,
  rootDir: "../..",
  testMatch: [
    "<rootDir>/test/matrix/{faults,people}*.test.ts",
    "<rootDir>/test/interleaved/{answers,publicity,requests,workers}*.test.ts",
    "<rootDir>/test/chain/{killed,cancelled-anywhere}.test.ts",
    "<rootDir>/test/kill/sample.test.ts",
  ],
  testPathIgnorePatterns: ["/node_modules/"],
  // A bound for what hangs: the longest test goes through four thousand orders, in three minutes where nothing else runs.
  testTimeout: 1_800_000,
  maxWorkers: 2,
};
