// How `npm run unit` finds and runs the tests; what needs a real cloud or real clients, and what is long, has a configuration of its own.
export default {
  testEnvironment: "node",
  maxWorkers: "100%",
  // A bound for what hangs, not a claim: the tests also pass beside a cloud that is being raised on the same two cores.
  testTimeout: 60_000,
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.js" },
  setupFilesAfterEnv: ["<rootDir>/test/secrets/watch-all.ts"],
  testMatch: ["<rootDir>/{functions,lib,events,infra,test,client}/**/*.test.ts"],
  testPathIgnorePatterns: [
    "/node_modules/",
    "<rootDir>/infra/aws/package.test",
    "<rootDir>/test/real/",
    "<rootDir>/test/load/",
    "<rootDir>/test/seeds/",
    "<rootDir>/test/credentials/openstacksdk/",
    "<rootDir>/test/clients/",
    "<rootDir>/test/guests/",
    "<rootDir>/test/notices/processes/",
    "<rootDir>/test/junk/campaign",
    "<rootDir>/test/chain/(killed|cancelled-anywhere)",
    "<rootDir>/test/kill/sample",
    "<rootDir>/test/matrix/(faults|people)",
    "<rootDir>/test/interleaved/(answers|publicity|requests|workers)",
    "<rootDir>/test/tidying/(bad-days|by-chance)",
  ],
  modulePathIgnorePatterns: ["<rootDir>/.build/", "<rootDir>/.serverless/"],
};
