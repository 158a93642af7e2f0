// What `npm run test:dynamodb-local` runs on DynamoDB Local: the store's suites, what is compared with a table, and the chain.
import base from "../../jest.config.js";

export default {
  ...base,
  rootDir: "../..",
  testMatch: [
    "<rootDir>/test/store/*.test.ts",
    "<rootDir>/test/chain/*.test.ts",
    "<rootDir>/test/matrix/memory-table.test.ts",
  ],
  // It kills Darkroom's own host, which brings its own emulator.
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/chain/killed.test.ts"],
  testTimeout: 120_000,
  maxWorkers: 1,
};
