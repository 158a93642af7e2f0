// How `npm run test:matrix` runs: the whole matrices and all orders of two at once.
import base from "../../jest.config.js";

export default {
  ...base,
  rootDir: "../..",
  testMatch: [
    "<rootDir>/test/matrix/{faults,people}*.test.ts",
    "<rootDir>/test/interleaved/{answers,publicity,requests,workers}*.test.ts",
  ],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 600_000,
  maxWorkers: 2,
};
