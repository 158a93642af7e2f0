// How `npm run test:tidying` runs: clouds, clocks and runs that go wrong, and thousands of shelves by chance.
import base from "../../jest.config.js";

export default {
  ...base,
  rootDir: "../..",
  testMatch: ["<rootDir>/test/tidying/{bad-days,by-chance}.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 600_000,
  maxWorkers: 2,
};
