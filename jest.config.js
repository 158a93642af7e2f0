// How `npm run unit` finds and runs the tests; what needs a real cloud is in test/real and has its own configuration.
export default {
  testEnvironment: "node",
  // A bound for what hangs, not a claim: the tests also pass beside a cloud that is being raised on the same two cores.
  testTimeout: 60_000,
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.js" },
  testMatch: ["<rootDir>/{functions,lib,events,infra,test}/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/real/"],
  modulePathIgnorePatterns: ["<rootDir>/.build/", "<rootDir>/.serverless/"],
};
