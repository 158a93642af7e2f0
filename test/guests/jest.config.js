// `npm run test:guests`: the guest scripts on disks of their own. As root, with e2fsprogs, xfsprogs, btrfs-progs and fdisk.
import base from "../../jest.config.js";

export default {
  ...base,
  rootDir: "../..",
  testTimeout: 300_000,
  maxWorkers: 1,
  testMatch: ["<rootDir>/test/guests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
