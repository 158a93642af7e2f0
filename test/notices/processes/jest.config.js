// How `npm run test:notices` runs: Darkroom in one process, mail server and portal in another.
import base from "../../../jest.config.js";

const { testPathIgnorePatterns: _ignored, ...rest } = base;

export default {
  ...rest,
  rootDir: "../../..",
  testMatch: ["<rootDir>/test/notices/processes/**/*.test.ts"],
  testTimeout: 300_000,
};
