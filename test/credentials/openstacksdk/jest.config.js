// How `npm run test:credentials` runs: it needs Debian's python3-openstacksdk, and fails without.
import base from "../../../jest.config.js";

export default {
  ...base,
  rootDir: "../../..",
  testMatch: ["<rootDir>/test/credentials/openstacksdk/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 240_000,
};
