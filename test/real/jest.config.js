// How `npm run test:openstack` runs: one file after the other, on the cloud that infra/real-openstack raised.
import base from "../../jest.config.js";

export default {
  ...base,
  rootDir: "../..",
  testMatch: ["<rootDir>/test/real/**/*.test.ts", "<rootDir>/test/seeds/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 1_200_000,
  maxWorkers: 1,
};
